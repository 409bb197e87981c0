# Killed with kill -9, the supervisor alone or with its workers, a study goes on and ends with the same bits as
# one that nobody disturbed.
. "$(dirname "$0")/common.bash"

study s.yaml 10 '[0]'
expect 0 run s.yaml --db whole.db --workers 1
results whole.db whole

# All of it at once.
"$program" run s.yaml --db killed.db --workers 1 --checkpoint-seconds 0.2 >stdout 2>stderr &
run=$!
wait_until "a checkpoint" has_checkpoint killed.db
workers=$(children_of $run)
[ -n "$workers" ] || fail "no worker process"
kill -9 $run
# shellcheck disable=SC2086
kill -9 $workers 2>/dev/null || true
wait $run 2>/dev/null || true
[ "$(status_of killed.db done)" != 2 ] || fail "the study had ended before it was killed: the test shows nothing"
expect 0 run s.yaml --db killed.db --workers 1
results killed.db killed
cmp whole killed || fail "the result after kill -9 differs"

# The supervisor alone: its worker saves, gives the job back and ends.
"$program" run s.yaml --db orphaned.db --workers 1 >stdout 2>stderr &
run=$!
wait_until "a checkpoint" has_checkpoint orphaned.db
workers=$(children_of $run)
kill -9 $run
wait $run 2>/dev/null || true
for worker in $workers; do
    wait_until "the end of an orphaned worker" is_gone "$worker"
done
[ "$(status_of orphaned.db running)" = 0 ] || fail "an orphaned worker did not give its job back"
expect 0 run s.yaml --db orphaned.db --workers 1
results orphaned.db orphaned
cmp whole orphaned || fail "the result after the supervisor's end differs"
