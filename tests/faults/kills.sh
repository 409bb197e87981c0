#!/bin/bash
# kills.sh KILLS [SEED [EPOCHS]]: run a study and kill -9 what runs it at random moments: the parent, a worker, or all at once.
# When its jobs are done: each is done once, to the same bits as if nobody had disturbed it, the database is sound, and
# no temporary file is left. A study that ends before there were so many kills is begun anew. In an empty folder, with
# the program in $SCALESTUDY; `make test-kills` gives it 200.
. "$(dirname "${BASH_SOURCE[0]}")/../cli/common.bash"
kills=$1
RANDOM=${2:-$$}
echo "$kills kills, seed ${2:-$$}"

# What a database says that must not depend on kills.
everything() {
    sqlite3 "$1" "SELECT job_id, state, loss, top1, epochs FROM job_result ORDER BY job_id" \
        "SELECT job_id, epoch, split, loss, top1 FROM epoch_metric ORDER BY job_id, epoch, split"
}

start() {
    "$program" run s.yaml --db k.db --workers 2 --threads 1 --checkpoint-seconds 0.05 --retries 1000000 --quiet \
        >>out 2>&1 &
    run=$!
}

# verify: the study in k.db has ended.
verify() {
    [ "$(sqlite3 k.db 'PRAGMA integrity_check')" = ok ] || fail "the database is not sound"
    [ -z "$(sqlite3 k.db 'PRAGMA foreign_key_check')" ] || fail "the database has loose ends"
    everything k.db >killed
    cmp whole killed || fail "the results differ from those that nobody disturbed"
    # One line of a job, and one of each of its epochs and splits: none was done twice.
    [ "$(sqlite3 k.db "SELECT count(*) FROM job WHERE state = 'done'")" = "$jobs" ] || fail "not every job is done"
    left=$(find . -name '*.tmp.*' -o -path './k.db.d/checkpoints/*' -type f -o -name 'k.db-*')
    [ -z "$left" ] || fail "files are left: $left"
}

study s.yaml "${3:-25}" '[0, 1]'
jobs=4
expect 0 run s.yaml --db whole.db --workers 2 --threads 1
everything whole.db >whole

done=0 rounds=0 parents=0 workers=0 all=0
start
while [ $done -lt "$kills" ]; do
    sleep "0.$((RANDOM % 8))$((RANDOM % 10))"
    if is_gone $run; then
        wait $run || fail "a run ended by itself with $?: $(tail -n 3 out)"
        verify
        rounds=$((rounds + 1))
        rm -rf k.db*
        start
        continue
    fi
    children=$(children_of $run)
    one=$(echo "$children" | shuf -n 1)
    # shellcheck disable=SC2086
    case $((RANDOM % 3)) in
    0) { kill -9 $run && wait $run; } 2>/dev/null || parents=$((parents + 1)) ;;
    1) [ -n "$one" ] && kill -9 "$one" 2>/dev/null && workers=$((workers + 1)) || continue ;;
    2) { kill -9 $run $children; wait $run; } 2>/dev/null || all=$((all + 1)) ;;
    esac
    done=$((done + 1))
    if is_gone $run; then start; fi
done
wait $run || fail "the last run ended with $?: $(tail -n 3 out)"
verify
echo "$done kills ($parents of the parent, $workers of a worker, $all of all), $((rounds + 1)) studies: nothing lost"
