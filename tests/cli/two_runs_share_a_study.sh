# Two runs on one database at the same time take different jobs, and none is done twice.
. "$(dirname "$0")/common.bash"

study s.yaml 3 '[0, 1, 2]'
"$program" run s.yaml --workers 1 >out1 2>err1 &
first=$!
"$program" run s.yaml --workers 1 >out2 2>err2 &
second=$!
status=0
wait $first || status=$?
[ $status = 0 ] || { cp err1 stderr; fail "the first run ended with $status"; }
wait $second || status=$?
[ $status = 0 ] || { cp err2 stderr; fail "the second run ended with $status"; }
[ "$(status_of s.db done)" = 6 ] || fail "not 6 jobs done"
# Each run tells of the jobs that its own workers finished.
[ "$(cat err1 err2 | grep -c '^done ')" = 6 ] || fail "jobs were done twice, or not told"
grep -q '^done ' err1 || fail "the first run did nothing"
grep -q '^done ' err2 || fail "the second run did nothing"
