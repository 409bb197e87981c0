# A study sent by slurmrestd, in each version of its interface that this Slurm has, on a unix socket and by TCP with a
# token, gives the bits of `run`; the signal before a time limit, cancelling and wrong tokens are understood.
. "$(dirname "$0")/common.bash"

PATH=$PATH:/usr/sbin command -v slurmrestd >/dev/null || { echo "there is no slurmrestd here to test with"; exit 77; }
start_cluster
become_a_user
token() {
    (umask 77; scontrol token username="$user" lifespan="$2" | sed 's/^SLURM_JWT=//' >"$1")
}
token token 3600
(umask 77; echo wrong >wrong)
token expired 1
give_to_user token wrong expired
study short.yaml 2 '[0]'
study long.yaml 60 '[0]'
for study in short long; do
    cp $study.yaml s.yaml
    run_whole
    mv whole $study.whole
    rm -rf whole.*
done
send() {
    local study=$1
    shift
    expect 0 submit $study.yaml --run "$@" --db none.db --pack-seconds 0 --checkpoint-seconds 0.2 --via rest \
        --url "unix:$cluster/run/rest/socket"
}

short_study() {
    cp ../short.whole whole
    send short socket.run
    send short socket.run
    grep -q '; 0 jobs sent' stderr || fail "a second submit sent something"
    expect 0 status socket.run
    wait_until "the results" is_finished socket.run 2
    check_run socket
    expect 0 submit short.yaml --run tcp.run --db none.db --cluster ../cluster.yaml
    wait_until "the results" is_finished tcp.run 2
    check_run tcp
}

wrong_tokens() {
    local token
    for token in wrong expired; do
        sed "s,token_file:.*,token_file: ../$token," ../cluster.yaml >cluster.yaml
        expect 1 submit short.yaml --run $token.run --db none.db --cluster cluster.yaml
        said "wrong or expired"
        said "nothing was sent"
    done
}

# The signal before a time limit, sent by the service: the jobs save, and the tasks go back into the queue. `cancel`
# takes what waits out of it; what was stopped so is wanted again, and comes to the same bits.
hears_signal() {
    grep -q 'the time limit is near' signal.run/logs/"$task".out
}
goes_back() {
    scontrol -o show job "$task" | found 'Restarts=[1-9]'
}
long_study() {
    cp ../long.whole whole
    send long signal.run
    wait_until "a checkpoint" has_attempt_checkpoint signal.run
    task=$(squeue -h -r -t running -o %F_%K | sed -n 1p)
    cluster_as "$user" curl -sS --unix-socket "$cluster/run/rest/socket" -X DELETE "http://localhost/slurm/$1/job/$task?signal=USR1" >/dev/null
    wait_until "a task that hears USR1" hears_signal
    wait_until "the task in the queue again" goes_back
    expect 0 cancel signal.run --where 1
    wait_until "an empty queue" queue_is_empty
    send long signal.run --retry-failed
    wait_until "the results" is_finished signal.run 2
    check_run signal
}

tried=
for version in $(cluster_rest_versions); do
    echo "$version of $(slurmctld -V)"
    cluster_start_rest "$version" "$user"
    printf 'launcher: rest\nurl: http://127.0.0.1:%s\ntoken_file: ../token\npack_seconds: 0\n' \
        "$cluster_rest_port" >cluster.yaml
    mkdir "$version" && give_to_user "$version" && cd "$version" && cp ../short.yaml ../long.yaml .
    short_study
    grep -q "/slurm/$version/job" "$cluster/log/rest" || fail "$version was not spoken"
    wrong_tokens
    long_study "$version"
    cd ..
    cluster_stop_rest
    tried+=" $version"
done
[ -n "$tried" ] || fail "this slurmrestd has no version to try"
