# A node that dies in the middle of a job, and one that is cut off and comes back while the queue has started its job
# elsewhere: there is one result for each job, with the bits of `run`, and nothing is left over.
. "$(dirname "$0")/common.bash"

start_cluster
study s.yaml 60 '[0]'
run_whole
node_of() {
    squeue -h -t running -o %N | sed -n 1p
}
for what in kill cut; do
    expect 0 submit s.yaml --run $what.run --db none.db --pack-seconds 0 --checkpoint-seconds 0.2
    wait_until "a checkpoint" has_attempt_checkpoint $what.run
    node=$(node_of)
    [ -n "$node" ] || fail "no task runs: the test shows nothing"
    cluster_${what}_node "$node"
    if [ $what = cut ]; then
        # Its tasks must live until others have been started in their place.
        for pid in $(cluster_processes "SLURMD_NODENAME=$node"); do
            if grep -qz '^SLURM_JOB_ID=' "/proc/$pid/environ" 2>/dev/null; then stopped+=" $pid"; fi
        done
        # shellcheck disable=SC2086
        kill -STOP $stopped
    fi
    wait_until "the results" is_finished $what.run 2
    if [ $what = cut ]; then
        # shellcheck disable=SC2086
        kill -CONT $stopped
    fi
    cluster_start_node "$node"
    wait_until "the node" cluster_is_idle
    [ "$(find $what.run/results -type f | wc -l)" = 2 ] || fail "not one result a job"
    check_run $what
done
