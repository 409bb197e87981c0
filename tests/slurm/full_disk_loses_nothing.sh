# The shared disk fills up while a cluster works: tasks end with a sentence, no job is taken for failed, and with room
# again what is missing is sent and comes to the bits of `run`.
if [ -z "${SMALL_DISK-}" ]; then
    unshare -m mount -t tmpfs none /mnt 2>/dev/null || { echo "no disk can be mounted here"; exit 77; }
    SMALL_DISK=1 exec unshare -m bash "$0"
fi
. "$(dirname "$0")/common.bash"

mount -t tmpfs -o size=$(($(stat -L -c %s "$program") / 1024 + 100000))k none /mnt
start_cluster
study s.yaml 40 '[0, 1]'
run_whole
mkdir here && cd here && cp ../s.yaml . && ln -s /mnt/s.run s.run && cp ../whole .
expect 0 submit s.yaml --run /mnt/s.run --pack-seconds 0 --checkpoint-seconds 0.1 --takeover-seconds 6
wait_until "a checkpoint" has_attempt_checkpoint /mnt/s.run
dd if=/dev/zero of=/mnt/filler bs=4k 2>/dev/null || true
! is_finished /mnt/s.run 4 || fail "all was done before: the test shows nothing"
expect 1 submit s.yaml --run /mnt/other.run
said "pace" # "no space is left", or the system's "No space left"
wait_until "the end of the tasks" queue_is_empty
! is_finished /mnt/s.run 4 || fail "all was done in spite of the full disk: the test shows nothing"
expect 0 status /mnt/s.run
grep -q ' 0 failed' stdout stderr || [ -z "$(ls /mnt/s.run/results/*.failed 2>/dev/null)" ] ||
    fail "a full disk was taken for the fault of a job"
grep -q 'tasks* of the queue ended with an error' stderr || fail "status does not say that tasks ended"
rm -rf /mnt/filler /mnt/other.run
expect 0 submit s.yaml --run /mnt/s.run --pack-seconds 0 --takeover-seconds 6
wait_until "the results" is_finished /mnt/s.run 4
check_run s
