# Rounds of random kills while a cluster works on a study: machines die or are cut off, tasks and jobs are killed,
# cancelled and requeued, the controller dies. After each round all comes back, and `submit` sends what is missing. In
# the end each job is there once, with the bits of `run`, and no file and no process is left over.
# `make test-slurm-kills` does 20 rounds over 200 jobs; as it is, this is a short form.
. "$(dirname "$0")/common.bash"
rounds=${ROUNDS:-2} jobs=${JOBS:-16} kills_a_round=${KILLS_A_ROUND:-5}
seed=${SEED:-$$}
RANDOM=$seed
echo "$rounds rounds, $jobs jobs, seed $seed"

start_cluster
mkdir scratch
study s.yaml 6 "[$(seq -s, 0 $((jobs / 2 - 1)))]"
expect 0 run s.yaml --db whole.db --threads 1 --workers 2
results whole.db whole
printf 'setup: export TMPDIR="%s"\npack_seconds: 0\n' "$PWD/scratch" >cluster.yaml

run=0
# What is missing is sent; a controller that is not quite there is asked again.
send() {
    local i
    for i in 1 2 3 4 5 6; do
        "$program" submit s.yaml --run $run.run --db none.db --cluster cluster.yaml --checkpoint-seconds 0.1 \
            --takeover-seconds 6 --retries 1000 >stdout 2>stderr && return 0
        sleep 1
    done
    fail "submit did not succeed"
}

# task_processes WORD: those of tasks whose command is `work` or `job`.
task_processes() {
    local pid
    for pid in $(cluster_processes 'SLURM_ARRAY_TASK_ID=.*'); do
        if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | found "^[^ ]*scalestudy $1 "; then echo "$pid"; fi
    done
}
one_of() {
    shuf -n 1 --random-source=<(yes $RANDOM)
}
running_task() {
    squeue -h -r -t running -o %F_%K 2>/dev/null | one_of
}

down='' controller=up
declare -A count=([machine]=0 [cut]=0 [task]=0 [job]=0 [cancelled]=0 [requeued]=0 [controller]=0)
counted() {
    count[$1]=$((${count[$1]} + 1))
    killed=$((killed + 1))
}
kill_something() {
    local node=n$((RANDOM % 3 + 1)) victim
    case $((RANDOM % 7)) in
    0 | 1)
        [[ $down != *$node* ]] || return 0
        down+=" $node"
        if [ $((RANDOM % 2)) = 0 ]; then cluster_kill_node $node && counted machine
        else cluster_cut_node $node && counted cut; fi
        ;;
    2) victim=$(task_processes work | one_of)
        [ -n "$victim" ] && kill -9 "$victim" 2>/dev/null && counted task ;;
    3) victim=$(task_processes job | one_of)
        [ -n "$victim" ] && kill -9 "$victim" 2>/dev/null && counted job ;;
    4) [ $controller = up ] && victim=$(running_task) && [ -n "$victim" ] &&
        scancel "$victim" 2>/dev/null && counted cancelled ;;
    5) [ $controller = up ] && victim=$(running_task) && [ -n "$victim" ] &&
        scontrol requeue "$victim" 2>/dev/null && counted requeued ;;
    6) [ $controller = up ] && cluster_kill_controller && controller=down && counted controller ;;
    esac
    return 0
}
repair() {
    local node
    if [ $controller = down ]; then cluster_start_controller; controller=up; fi
    for node in $down; do cluster_start_node "$node"; done
    down=''
    # What Slurm drains, since a task there could not be ended, an administrator looks at and lets go on; a machine that
    # does not come up is switched off and on again.
    for _ in 1 2 3 4 5 6; do
        cluster_within 20 cluster_is_idle && return
        for node in $(sinfo -h -N -o '%N %T' | awk '$2 !~ /^(idle|mixed|allocated|completing)$/ { print $1 }'); do
            if sinfo -h -n "$node" -o %T | found drain; then
                scontrol update NodeName="$node" State=RESUME
            else
                cluster_kill_node "$node"
                cluster_start_node "$node"
            fi
        done
    done
    fail "the nodes do not come up: $(sinfo -N; tail -n 3 "$cluster"/log/n*)"
}
all_are_done() {
    # What is killed at the end is missed by nobody but the next submit.
    if [ $((SECONDS % 5)) = 0 ]; then send; fi
    is_finished $run.run "$jobs"
}
verify() {
    send # tasks that Slurm could not start and holds are cancelled
    [ "$(find $run.run/results -type f | wc -l)" = "$jobs" ] || fail "not one result a job"
    check_run $run
    [ "$(sqlite3 $run.db "SELECT count(*), count(DISTINCT id) FROM job WHERE state = 'done'")" = "$jobs|$jobs" ] ||
        fail "not every job is in the database once"
    [ "$(sqlite3 $run.db 'PRAGMA integrity_check')" = ok ] || fail "the database is not sound"
    # What killed processes left in the scratch folder, the next one removes.
    TMPDIR=$PWD/scratch expect 0 work $run.run
    [ -z "$(find scratch -mindepth 1)" ] || fail "scratch files are left over: $(find scratch)"
    cluster_within 20 eval '[ -z "$(task_processes "\(work\|job\)")" ]' || fail "processes are left over"
    attempts=$((attempts + $(cat $run.run/chain/*/* | grep -ac '"claimed"')))
}

started=$SECONDS attempts=0 killed=0
send
for ((round = 1; round <= rounds; round++)); do
    if is_finished $run.run "$jobs"; then
        verify
        run=$((run + 1))
        send
    fi
    wait_until "a task" eval '[ -n "$(running_task)" ] || is_finished $run.run "$jobs"'
    for ((i = 0; i < kills_a_round; i++)); do
        kill_something
        sleep "0.$((RANDOM % 10))"
    done
    # Sometimes long enough for the controller to miss a machine.
    sleep $((RANDOM % 3 * RANDOM % 8))
    repair
    send
    echo "round $round: $(find $run.run/results -name '*.done' | wc -l) jobs done, $killed kills, $((SECONDS - started)) s"
done
wait_until "the results" all_are_done
verify
echo "$rounds rounds of kills in $((SECONDS - started)) s over $((run + 1)) times $jobs jobs, seed $seed: $killed kills" \
    "(${count[machine]} machines died, ${count[cut]} were cut off, ${count[task]} tasks and ${count[job]} jobs killed," \
    "${count[cancelled]} tasks cancelled, ${count[requeued]} requeued, the controller ${count[controller]} times);" \
    "$attempts attempts; every job once, nothing lost, nothing left over"
