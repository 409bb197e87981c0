# The queue's real limits: of time, with the signal before it, and without, when all there is are SIGTERM and SIGKILL;
# and of memory. What is left over is said in words, is sent again, and comes to the bits of `run`.
. "$(dirname "$0")/common.bash"

start_cluster JobAcctGatherType=jobacct_gather/linux JobAcctGatherFrequency=task=1 JobAcctGatherParams=OverMemoryKill
study s.yaml 40 '[0]'
run_whole

# Its jobs each have a checkpoint and then stand still, so that a minute is too short for them.
stand_still() {
    local pid words attempt
    for pid in $(cluster_processes 'SLURM_ARRAY_TASK_ID=.*'); do
        words=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") || continue
        [[ $words == *"scalestudy job "* && " $all " != *" $pid "* ]] || continue
        # --db SCRATCH/JOB.ATTEMPT.db, with the first digits of the job.
        attempt=${words#*--db } attempt=${attempt%% *} attempt=$(basename "$attempt" .db)
        compgen -G "$run.run/attempts/${attempt%.*}*.${attempt##*.}/*.safetensors" >/dev/null || continue
        kill -STOP "$pid"
        stopped+=" $pid" all+=" $pid"
    done
    [ "$(wc -w <<<"$stopped")" = 2 ]
}
submit_and_stop() {
    run=$1 stopped=
    shift
    expect 0 submit s.yaml --run "$run.run" --db none.db --pack-seconds 0 --checkpoint-seconds 0.1 --time 1 "$@"
    wait_until "two jobs of $run to be stopped" stand_still
}
all=
submit_and_stop signal
with_signal=$stopped
# A queue that gives no signal before its limit: submit cannot be told to send so.
mkdir bin
cat >bin/sbatch <<END
#!/bin/sh
sed -i 's/^#SBATCH --signal=.*/#SBATCH --signal=CONT@1/' "\$2"
exec "$(command -v sbatch)" "\$@"
END
chmod +x bin/sbatch
with_sbatch=$PATH
PATH=$PWD/bin:$PATH
submit_and_stop hard
PATH=$with_sbatch
# Each of the two, and on a busy machine more than once until somebody looks.
hear() {
    [ "$(grep -l 'the time limit is near' signal.run/logs/*.out | wc -l)" = 2 ]
}
wait_until "the signal before the limit" hear
# shellcheck disable=SC2086
kill -CONT $with_signal 2>/dev/null || true # the queue may have ended them by now
ended() {
    [ "$(squeue -h -r -t timeout -n "$(sed -n 's/^#SBATCH --job-name="\(.*\)"$/\1/p' hard.run/submissions/*/script.sh)" | wc -l)" = 2 ]
}
wait_until "the limit without a signal" ended
! grep -q 'the time limit is near' hard.run/logs/*.out || fail "there was a signal: the test shows nothing"
expect 0 status hard.run
grep -q '2 tasks of the queue ended by the time limit' stderr || fail "status does not say that tasks met their limit"
expect 0 submit s.yaml --run hard.run --db none.db --pack-seconds 0
grep -q '2 jobs sent' stderr || fail "what met the limit was not sent again"
wait_until "the results after the limit" is_finished hard.run 2
wait_until "the results after the signal" is_finished signal.run 2
check_run signal
check_run hard
[ "$(cat signal.run/chain/*/* | grep -ac '"released"')" -ge 2 ] || fail "the signal did not make jobs save"
[ "$(cat hard.run/chain/*/* | grep -ac '"claimed"')" -ge 4 ] || fail "the jobs did not go on in a second attempt each"

expect 0 submit s.yaml --run memory.run --db none.db --pack-seconds 0 --checkpoint-seconds 0.1 --memory 12
wait_until "the limit of memory" queue_is_empty
! is_finished memory.run 2 || fail "the limit was not met: the test shows nothing"
expect 0 status memory.run
grep -q '2 tasks of the queue .*--memory' stdout stderr || fail "status does not say that tasks met their limit of memory"
expect 0 submit s.yaml --run memory.run --db none.db --pack-seconds 0 --retry-failed
wait_until "the results with more memory" is_finished memory.run 2
check_run memory
