# A hangup saves and stops as Ctrl-C does; a second signal stops at once, even if a job does not move.
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

env --default-signal=INT "$program" run s.yaml --workers 1 --verbose >stdout 2>stderr &
run=$!
wait_until "a job" grep -q '^process .* begins' stderr
wait_until "a worker to freeze" freeze_children $run
kill -INT $run
sleep 1.2
kill -INT $run
ended 130
said "stopped at once"
