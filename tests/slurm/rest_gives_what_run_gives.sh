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
(umask 77; echo wrong >wrong)
sed -i 's,token_file:.*,token_file: wrong,' cluster.yaml
expect 1 submit s.yaml --run wrong.run --db none.db --cluster cluster.yaml
said "wrong or expired"
