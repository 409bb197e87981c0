# A hangup, and the warning of a queue, save and stop as Ctrl-C does; a second signal stops at once, even if a job does
# not move. `work` does the same with the jobs of a run folder.
. "$(dirname "$0")/common.bash"

# ended STATUS: what the run ended with.
ended() {
    local status=0
    wait $run || status=$?
    [ $status = "$1" ] || fail "it ended with $status, not $1"
    [ "$(status_of s.db running)$(status_of s.db failed)" = 00 ] || fail "a job is left running or failed"
}

study s.yaml 60 '[0]'
env --default-signal=HUP "$program" run s.yaml --workers 1 >stdout 2>stderr &
run=$!
wait_until "a checkpoint" has_checkpoint s.db
kill -HUP $run
ended 130
said "everything saved"

"$program" run s.yaml --workers 1 >stdout 2>stderr &
run=$!
wait_until "a worker" freeze_children $run
# shellcheck disable=SC2046
kill -CONT $(children_of $run)
kill -USR1 $run
ended 130
grep -q 'the time limit is near' stderr || fail "it did not say why it stops"
said "everything saved"

env --default-signal=INT "$program" run s.yaml --workers 1 --verbose >stdout 2>stderr &
run=$!
wait_until "a job" grep -q '^process .* begins' stderr
wait_until "a worker to freeze" freeze_children $run
kill -INT $run
sleep 1.2
kill -INT $run
ended 130
said "stopped at once"

expect 0 submit s.yaml --via hand --db none.db
env --default-signal=INT "$program" work s.run --workers 1 >stdout 2>stderr &
run=$!
wait_until "a job" grep -q '^starts' stderr
wait_until "a worker to freeze" freeze_children $run
kill -INT $run
sleep 1.2
kill -INT $run
ended 130
said "stopped at once"
grep -q '^given back' stderr || fail "it did not say that it gave its job back"
expect 0 status s.run --format csv
cat s.run/chain/*/*.2 | found '"released"' || fail "the job was not given back"
