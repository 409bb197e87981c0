# slurmctld is down before a submit, and is killed right after it has accepted: nothing is sent twice, nothing is
# forgotten. While it is silent, `status` says so instead of guessing; and it asks once in half a minute at most.
. "$(dirname "$0")/common.bash"

start_cluster
study s.yaml 2 '[0, 1]'
run_whole
# The calls of Slurm's programs are counted.
mkdir bin
for name in squeue sbatch; do
    real=$(command -v $name)
    printf '#!/bin/sh\necho %s >>"%s/calls"\n"%s" "$@"\nstatus=$?\n' $name "$PWD" "$real" >bin/$name
    # shellcheck disable=SC2016
    [ $name = squeue ] || printf '[ ! -e "%s/kill" ] || { rm "%s/kill"; kill -9 $(cat "%s"); echo "sbatch: error: Zero Bytes were transmitted" >&2; exit 1; }\n' \
        "$PWD" "$PWD" "$cluster/run/slurmctld.pid" >>bin/$name
    echo 'exit $status' >>bin/$name
    chmod +x bin/$name
done
export PATH=$PWD/bin:$PATH

cluster_kill_controller
expect 1 submit s.yaml --pack-seconds 0
said "nothing was sent"
cluster_start_controller

# It accepts, dies before it can say so, and comes back.
touch kill
(cluster_within 30 test ! -e kill && sleep 1 && rm -f "$cluster/run/slurmctld.pid" && slurmctld) &
restart=$!
expect 0 submit s.yaml --pack-seconds 0
wait $restart
expect 0 submit s.yaml --pack-seconds 0
cluster_kill_controller
: >calls
expect 0 status s.run
expect 0 status s.run
[ "$(grep -c squeue calls)" -le 2 ] || fail "a silent controller is asked again and again"
cluster_start_controller
: >calls
for _ in 1 2 3 4 5; do expect 0 status s.run; done
[ "$(grep -c squeue calls)" -le 1 ] || fail "status asked more than once in half a minute"
wait_until "the results" is_finished s.run 4
check_run s
[ "$(cat s.run/chain/*/* 2>/dev/null | grep -ac '"claimed"')" = 4 ] || fail "a job was begun twice"
