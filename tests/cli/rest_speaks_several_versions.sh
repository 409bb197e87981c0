# Of the versions that a slurmrestd offers, the newest that we know is spoken, in its own words, against pretended
# servers of Slurm 22.05, 23.02, 23.11 and 26.05; one that is too new is told so, and nothing is sent.
here=$(dirname "$0")
. "$here/common.bash"

command -v python3 >/dev/null || { echo "no python3 to pretend a slurmrestd with"; exit 77; }
server=
trap '[ -z "$server" ] || kill $server' EXIT
serve() {
    [ -z "$server" ] || kill $server
    rm -f port calls
    python3 "$here/pretended_slurmrestd.py" "$1" &
    server=$!
    wait_until "the server" test -e port
    printf 'launcher: rest\nurl: http://127.0.0.1:%s\nmax_array: 3\ntime: 30\npack_seconds: 0\nthrottle: 2\n' \
        "$(cat port)" >cluster.yaml
}
export SLURM_JWT=token
study s.yaml 1 '[0, 1]'
for version in 38 39 40 45; do
    serve $version
    run=v$version
    expect 0 submit s.yaml --run $run.run --db none.db --cluster cluster.yaml --format csv
    grep -q '^70,' stdout || fail "v0.0.$version: the number of the job was not understood"
    grep -q "4 jobs sent in 4 tasks of 2 arrays" stderr || fail "v0.0.$version: not 4 jobs in 2 arrays"
    ! grep -v "^[A-Z]* /openapi\|^[A-Z]* /slurm/v0.0.$version/" calls || fail "another version than $version was spoken"
    expect 0 submit s.yaml --run $run.run --db none.db --cluster cluster.yaml
    grep -q '4 on their way; 0 jobs sent' stderr || fail "v0.0.$version: what is in the queue was not understood"
    expect 0 status $run.run
    grep -q '2 tasks of the queue RUNNING' stderr || fail "v0.0.$version: what runs was not understood"
    grep -q '2 tasks of the queue waiting: others have a higher priority' stderr ||
        fail "v0.0.$version: what waits was not understood"
    [ "$(grep -c /openapi calls)" -le 3 ] || fail "the version was asked for more than once by a command"
    expect 0 cancel $run.run --where 1
    : >calls
    expect 0 submit s.yaml --run $run.run --db none.db --cluster cluster.yaml --retry-failed --dry-run
    grep -q '4 jobs would be sent' stderr || fail "v0.0.$version: cancelling did not empty the queue"
done
serve 46
expect 2 submit s.yaml --run new.run --db none.db --cluster cluster.yaml
said "speaks none of the versions"
said "v0.0.46 v0.0.47"
! grep -q POST calls || fail "something was sent to a server of an unknown version"
