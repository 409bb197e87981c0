# `cancel` sends a signal to a process that a database names only if it is a worker of that database; a worker of it is
# told at once.
. "$(dirname "$0")/common.bash"

study s.yaml 200 '[0]'
"$program" run s.yaml --workers 1 >run.out 2>run.err &
run=$!
trap 'kill $run "${victims[@]}" 2>/dev/null' EXIT
victims=()
wait_until "a checkpoint" has_checkpoint s.db
id=$(column s.db job_id --state running)
sqlite3 s.db ".backup planted.db"

# start_of PROCESS: when it started, as the kernel counts.
start_of() {
    sed 's/^.*) //' "/proc/$1/stat" | cut -d ' ' -f 20
}
# plant PROCESS: the database says that this one runs the job, with all that can be known of it.
plant() {
    cp planted.db p.db
    rm -rf p.db-*
    sqlite3 p.db "UPDATE job SET state = 'running', pid = $1, process_start = $(start_of "$1"),
        boot_id = '$(cat /proc/sys/kernel/random/boot_id)', host = '$(hostname)' WHERE id = '$id'"
}
spared() {
    expect 0 cancel --db p.db "$id"
    [ "$(column p.db state --where "job_id = '$id'")" = stopped ] || fail "the job was not stopped"
    sleep 0.2
    is_gone "$1" && fail "$2 was ended"
    return 0
}

sleep 1000 &
victims+=($!)
plant $!
spared $! "a process that has nothing to do with it"

# What looks like one, of another database.
cp planted.db other.db
(exec -a scalestudy bash -c 'read -r _ < <(sleep 1000); :' job --db other.db) &
victims+=($!)
plant $!
spared $! "a process that is no worker"
worker=$(children_of $run)
plant "$worker"
spared "$worker" "the worker of another database"
plant "$run"
spared "$run" "a run of another database"

# Its own worker does not wait until it looks.
plant "$worker"
expect 0 cancel --db s.db --state waiting
began=$(date +%s%N)
expect 0 cancel --db s.db --state running
wait_until "the worker's end" is_gone "$worker"
[ $((($(date +%s%N) - began) / 1000000)) -lt 20000 ] || fail "the worker was not told"
wait $run || fail "the run ended with $? after its jobs were cancelled"
[ "$(status_of s.db stopped)" = 2 ] || fail "not both jobs were stopped"
