# A node that holds tasks to their memory by control groups: the kernel kills the process of a job, at the limit that
# `submit --memory` asked for. `status` says so, and with more of it the bits are those of
# `run`.
. "$(dirname "$0")/common.bash"

if [ "$(id -u)" != 0 ] || [ "$(stat -f -c %T /sys/fs/cgroup/memory 2>/dev/null)" != cgroupfs ] ||
    ! grep -q '^memory.*1$' /proc/cgroups; then
    echo "no memory controller of cgroup v1 that root may use is mounted here"
    exit 77
fi
# What the plugin leaves behind, since nodes are killed and not shut down.
after_cluster() {
    local i
    for i in 1 2 3; do
        find "/sys/fs/cgroup/memory/slurm_n$i" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
}
mkdir -p "$cluster_folder"
printf 'CgroupPlugin=cgroup/v1\nCgroupMountpoint=/sys/fs/cgroup\nConstrainRAMSpace=yes\n' >"$cluster_folder/cgroup.conf"
cluster_task_plugin=task/cgroup start_cluster

study s.yaml 2 '[0]'
run_whole
expect 0 submit s.yaml --pack-seconds 0 --memory 20 --retries 0
wait_until "the limit of memory" queue_is_empty
expect 3 status s.run
grep -q 'tasks* of the queue ran out of memory: `submit --memory` asks for more (OUT_OF_MEMORY)' stderr ||
    fail "status does not say that tasks had too little memory"
expect 0 jobs s.run --state failed
grep -q 'memory ran out' stdout || fail "the job's error does not speak of memory"
# One that is tried again, as often as it crashes, ends so, too; each time the kernel killed the job alone.
expect 0 submit s.yaml --run tried.run --db none.db --pack-seconds 0 --memory 20
wait_until "the limit of memory" queue_is_empty
expect 3 status tried.run
grep -q 'ran out of memory' stderr || fail "status does not say that tasks had too little memory"
grep -q 'crash 3 of this job' tried.run/logs/* || fail "the job was not tried three times"
for run in s tried; do
    expect 0 submit s.yaml --run $run.run --db none.db --pack-seconds 0 --retry-failed
    wait_until "the results with more memory" is_finished $run.run 2
    check_run $run
    expect 0 status $run.run
    ! grep -q 'of the queue' stderr || fail "status speaks of memory when all is done"
done
