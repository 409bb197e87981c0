# Killed with kill -9, the supervisor alone or with its workers, a study goes on and ends with the same bits as
# one that nobody disturbed.
. "$(dirname "$0")/common.bash"

study s.yaml 10 '[0]'
expect 0 run s.yaml --db whole.db --workers 1
results whole.db whole

has_checkpoint_or_ended() { has_checkpoint "$1" || is_gone "$run"; }

# interrupt all|supervisor: run $db until there is a checkpoint, then kill all of it, or the supervisor alone. Jobs are
# short: on a busy machine they may end before anybody looks, and another database is begun.
interrupt() {
    local what=$1 workers
    for try in $(seq 10); do
        db=$what$try.db
        "$program" run s.yaml --db "$db" --workers 1 --checkpoint-seconds 0.2 >stdout 2>stderr &
        run=$!
        wait_until "a checkpoint" has_checkpoint_or_ended "$db"
        workers=$(children_of "$run")
        kill -9 "$run" 2>/dev/null || true
        # shellcheck disable=SC2086
        [ "$what" = supervisor ] || kill -9 $workers 2>/dev/null || true
        wait "$run" 2>/dev/null || true
        for worker in $workers; do
            wait_until "the end of a worker" is_gone "$worker"
        done
        [ -z "$workers" ] || [ "$(status_of "$db" done)" = 2 ] || return 0
    done
    fail "ten times the study ended before it was killed: the test shows nothing"
}

interrupt all
expect 0 run s.yaml --db "$db" --workers 1
results "$db" killed
cmp whole killed || fail "the result after kill -9 differs"

# The supervisor alone: its worker saves, gives the job back and ends.
interrupt supervisor
[ "$(status_of "$db" running)" = 0 ] || fail "an orphaned worker did not give its job back"
expect 0 run s.yaml --db "$db" --workers 1
results "$db" orphaned
cmp whole orphaned || fail "the result after the supervisor's end differs"
