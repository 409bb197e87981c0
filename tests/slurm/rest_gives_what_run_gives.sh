# A study sent by slurmrestd, on a unix socket and by TCP with a token, gives the bits of `run`; a wrong token is said
# to be one.
. "$(dirname "$0")/common.bash"

PATH=$PATH:/usr/sbin command -v slurmrestd >/dev/null || { echo "there is no slurmrestd here to test with"; exit 77; }
start_cluster
cluster_start_rest
study s.yaml 2 '[0]'
run_whole
expect 0 submit s.yaml --run socket.run --db none.db --pack-seconds 0 --via rest --url "unix:$cluster/run/rest"
expect 0 submit s.yaml --run socket.run --db none.db --pack-seconds 0 --via rest --url "unix:$cluster/run/rest"
grep -q '; 0 jobs sent' stderr || fail "a second submit sent something"
expect 0 status socket.run
wait_until "the results" is_finished socket.run 2
check_run socket
printf 'launcher: rest\nurl: http://127.0.0.1:%s\ntoken_file: %s\npack_seconds: 0\n' \
    "$cluster_rest_port" "$cluster/key/token" >cluster.yaml
expect 0 submit s.yaml --run tcp.run --db none.db --cluster cluster.yaml
wait_until "the results" is_finished tcp.run 2
check_run tcp
# Tokens that are wrong, and that were good once.
(umask 77; echo wrong >wrong)
(umask 77; scontrol token lifespan=1 | sed 's/^SLURM_JWT=//' >expired)
sleep 2
for token in wrong expired; do
    sed -i "s,token_file:.*,token_file: $token," cluster.yaml
    expect 1 submit s.yaml --run $token.run --db none.db --cluster cluster.yaml
    said "wrong or expired"
    said "nothing was sent"
done

# The signal before a time limit, sent by the service: the jobs save, and the tasks go back into the queue. `cancel`
# takes what waits out of it; what was stopped so is wanted again, and comes to the same bits.
study s.yaml 60 '[0]'
run_whole
expect 0 submit s.yaml --run signal.run --db none.db --pack-seconds 0 --checkpoint-seconds 0.2 --via rest \
    --url "unix:$cluster/run/rest"
wait_until "a checkpoint" has_attempt_checkpoint signal.run
task=$(squeue -h -r -t running -o %F_%K | head -n 1)
curl -sS --unix-socket "$cluster/run/rest" -X DELETE "http://localhost/slurm/v0.0.38/job/$task?signal=USR1" >/dev/null
hears_signal() {
    grep -q 'the time limit is near' signal.run/logs/"$task".out
}
wait_until "a task that hears USR1" hears_signal
goes_back() {
    scontrol -o show job "$task" | grep -q 'Restarts=[1-9]'
}
wait_until "the task in the queue again" goes_back
expect 0 cancel signal.run --where 1
wait_until "an empty queue" queue_is_empty
expect 0 submit s.yaml --run signal.run --db none.db --pack-seconds 0 --retry-failed --via rest \
    --url "unix:$cluster/run/rest"
wait_until "the results" is_finished signal.run 2
check_run signal
