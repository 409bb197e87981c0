# SIGINT stops a study with status 130; run again it goes on to the same result.
. "$(dirname "$0")/common.bash"

study s.yaml 10 '[0]'
expect 0 run s.yaml --db whole.db --workers 2
results whole.db whole

# A shell gives its background processes SIGINT ignored; env gives it back.
env --default-signal=INT "$program" run s.yaml --workers 2 >stdout 2>stderr &
run=$!
wait_until "a checkpoint" has_checkpoint s.db
kill -INT $run
status=0
wait $run || status=$?
[ $status = 130 ] || fail "interrupted, it ended with $status, not 130"
said "goes on from there"
[ "$(status_of s.db running)" = 0 ] || fail "jobs are still marked as running"
[ "$(status_of s.db failed)" = 0 ] || fail "an interrupted job is marked as failed"
[ "$(status_of s.db done)" != 2 ] || fail "the study had ended before it was interrupted: the test shows nothing"
has_checkpoint s.db || fail "no checkpoint was kept"
expect 0 run s.yaml --workers 2
results s.db resumed
cmp whole resumed || fail "the result after an interruption differs"
