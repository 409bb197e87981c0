# A worker that crashes costs its own job, which says how; the others are done, and it can be tried again.
. "$(dirname "$0")/common.bash"

study s.yaml 6 '[0, 1]'
"$program" run s.yaml --workers 1 >stdout 2>stderr &
run=$!
wait_until "a checkpoint" has_checkpoint s.db
# shellcheck disable=SC2046
kill -SEGV $(children_of $run)
status=0
wait $run || status=$?
[ $status = 3 ] || fail "with a crashed job it ended with $status, not 3"
said "1 of 4 jobs failed"
[ "$(status_of s.db done)" = 3 ] || fail "not 3 jobs done"
[ "$(status_of s.db failed)" = 1 ] || fail "not 1 job failed"
expect 3 status s.yaml
expect 0 jobs s.yaml --state failed --format json
# A sanitizer takes the signal itself; then the end of the job's log says so.
grep -q 'signal 11\|SEGV' stdout || fail "the failed job does not name the signal"
expect 3 run s.yaml
expect 0 run s.yaml --retry-failed
[ "$(status_of s.db done)" = 4 ] || fail "the failed job was not tried again"
