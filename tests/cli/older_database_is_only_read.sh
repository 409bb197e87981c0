# Commands that look leave a database of an older version as it is, and show what the newer ones show of it; what writes
# brings it forward, but not under the hands of its own program.
. "$(dirname "$0")/common.bash"
schemas=$(cd "$(dirname "$0")/../results" && pwd)
study s.yaml 1 '[0]'

# What a version of before made: its schema, with rows of today's program in it.
expect 0 run s.yaml --db new.db
older() {
    local schema=schema_v5.sql
    [ "$1" -lt 6 ] || schema=schema_v6.sql
    sed "/^-- Since version $(($1 + 1))\$/,\$d" "$schemas/$schema" >old.sql
    rm -f old.db*
    sqlite3 old.db <old.sql
    sqlite3 old.db "PRAGMA user_version = $1; ATTACH 'new.db' AS new;
        INSERT INTO study (number, name, source_path, text, created_utc, updated_utc)
            SELECT number, name, source_path, text, created_utc, updated_utc FROM new.study;
        INSERT INTO environment SELECT * FROM new.environment;
        INSERT INTO job (number, id, canonical, input, seed, params, macs, train_bytes, added_utc, state, attempt, host,
            pid, process_start, boot_id, started_utc, heartbeat_utc, environment)
            SELECT number, id, canonical, input, seed, params, macs, train_bytes, added_utc, 'running', attempt, host,
            pid, process_start, boot_id, started_utc, heartbeat_utc, environment FROM new.job;
        INSERT INTO epoch SELECT * FROM new.epoch;
        INSERT INTO study_job (study, job, position, model, method, depth, width, resolution, state)
            SELECT study, job, position, model, method, depth, width, resolution, 'running' FROM new.study_job;
        UPDATE job SET state = 'done', finished_utc = n.finished_utc, loss = n.loss, top1 = n.top1, top5 = n.top5,
            epochs = n.epochs, train_seconds = n.train_seconds, images_per_second = n.images_per_second,
            peak_bytes = n.peak_bytes FROM new.job AS n WHERE n.number = job.number;"
}

id=$(column new.db job_id | sed -n 1p)
for version in 1 4 5 6; do
    older $version
    before=$(sha256sum <old.db)
    for look in status jobs "export --state done" "curve $id" "logs $id" "table table3"; do
        # shellcheck disable=SC2086
        set -- $look
        expect 0 "$@" --db new.db
        cp stdout wanted
        expect 0 "$@" --db old.db
        grep -v '^estimated:' wanted | cmp -s - <(grep -v '^estimated:' stdout) ||
            fail "version $version: $look shows something else: $(diff wanted stdout)"
    done
    expect 0 report s.yaml --db old.db -o old.html
    [ "$(sha256sum <old.db)" = "$before" ] || fail "version $version: looking changes the database"
    [ "$(ls old.db*)" = old.db ] || fail "version $version: looking leaves $(ls old.db*)"
done
expect 0 status --db old.db --watch # since version 5 everything that is looked at is there
older 4
expect 2 status --db old.db --watch
said "db vacuum old.db"

# A study that goes on with the program of before.
sqlite3 old.db "INSERT INTO job (id, canonical, input, seed, params, macs, train_bytes, added_utc, state, host, pid,
    heartbeat_utc) VALUES ('f', '{}', 32, 1, 1, 1, 1, '', 'running', 'h', 1, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"
expect 1 run s.yaml --db old.db
said "runs 1 job in it"
expect 1 db vacuum old.db
[ "$(sqlite3 old.db 'PRAGMA user_version')" = 4 ] || fail "the database was changed under running jobs"
sqlite3 old.db "UPDATE job SET heartbeat_utc = '2026-01-01T00:00:00Z' WHERE id = 'f'"
expect 0 run s.yaml --db old.db
[ -e old.db.before-v7 ] || fail "the database as it was is not kept"
[ "$(column old.db state --state 'done' | wc -l)" = 2 ] || fail "results were lost"
