# The queue's time limit, its administrator, its user: a task that gets USR1 saves and goes back into the queue, one that
# is requeued goes on, one that is cancelled or killed is sent again by the next submit. The bits stay those of `run`.
. "$(dirname "$0")/common.bash"

start_cluster
study s.yaml 60 '[0, 1]'
run_whole
expect 0 submit s.yaml --pack-seconds 0 --checkpoint-seconds 0.3 --takeover-seconds 6
wait_until "a checkpoint" has_attempt_checkpoint s.run
array=$(cat s.run/submissions/*/accepted)
running() {
    squeue -h -r -t running -n "scalestudy-$(sed -n 's/.*"run": "\(.\{12\}\).*/\1/p' s.run/run.json)" -o %F_%K
}
first_running() {
    running | found .
}
# USR1, as before a time limit: the batch script is what gets it.
task=$(running | sed -n 1p)
signalled() {
    scancel --batch --signal=USR1 "$task"
    sleep 1
    grep -q 'the time limit is near' s.run/logs/"$task".out
}
wait_until "a task that hears USR1" signalled
restarted() {
    scontrol -o show job "$1" 2>/dev/null | found "Restarts=[1-9]"
}
wait_until "a requeue after USR1" restarted "$task"
wait_until "another task" first_running
scontrol requeue "$(running | tail -n 1)" || true
wait_until "another task" first_running
scancel "$array"
wait_until "an empty queue" queue_is_empty
! is_finished s.run 4 || fail "all was done before: the test shows nothing"
expect 0 submit s.yaml --pack-seconds 0 --checkpoint-seconds 0.3
grep -q ' 0 failed' stderr || fail "an interruption was taken for a failure"
wait_until "a task" first_running
task=$(running | sed -n 1p)
scancel --batch --signal=KILL "$task"
wait_until "an empty queue" queue_is_empty
expect 0 submit s.yaml --pack-seconds 0
wait_until "the results" is_finished s.run 4
check_run s
