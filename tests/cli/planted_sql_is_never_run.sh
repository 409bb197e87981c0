# A database from somebody else whose triggers or views were changed is refused by name, and nothing of it is run.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
expect 0 run s.yaml
mv s.db sound.db
id=$(column sound.db job_id | sed -n 1p)
echo precious >victim.txt
sqlite3 victim.db "CREATE TABLE letters (text); INSERT INTO letters VALUES ('precious')"
sha256sum victim.* >victims

# plant SQL: a copy of the sound database, changed.
plant() {
    rm -f s.db s.db-*
    cp sound.db s.db
    sqlite3 s.db "PRAGMA writable_schema = ON; $1"
}

# refused NAME COMMAND...: with a sentence that names what is not ours, at once.
refused() {
    local name=$1 status=0
    shift
    timeout 20 "$program" "$@" >stdout 2>stderr </dev/null || status=$?
    sha256sum --status -c victims || fail "scalestudy $* changes files of its user"
    [ ! -e written.db ] || fail "scalestudy $* writes a file that the database names"
    [ $status = 2 ] || fail "scalestudy $* ended with $status, not 2"
    said "'$name'"
}

plant "UPDATE sqlite_schema SET sql = sql || '; COMMIT; ATTACH ''victim.db'' AS v; DELETE FROM v.letters;
    VACUUM INTO ''written.db''' WHERE name = 'job_done_stays'"
refused job_done_stays rm --db s.db "$id" --yes
refused job_done_stays db check s.db

plant "UPDATE sqlite_schema SET sql = sql || '; COMMIT; VACUUM INTO ''written.db''' WHERE name = 'job_result'"
sed -i 's/batch: 32/batch: 16/' s.yaml # of an edited study only some jobs are looked at
for look in "jobs s.yaml" "jobs --db s.db" "status s.yaml" "db check s.db"; do
    # shellcheck disable=SC2086
    refused job_result $look
done

plant "DROP VIEW study_status; CREATE VIEW study_status AS WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x FROM n)
    SELECT x AS study, 1 AS total, 1 AS done, 1 AS running, 1 AS failed, 1 AS waiting, 1 AS stopped, 1 AS macs,
    1 AS macs_left, 1 AS macs_done, 1 AS seconds_done, 1 AS estimated, 1 AS estimated_seconds, 1 AS taken_seconds FROM n"
refused study_status status --db s.db
refused study_status db merge sound.db s.db

plant "CREATE TRIGGER planted AFTER UPDATE ON job BEGIN DELETE FROM study; END"
refused planted run s.yaml
refused planted retry s.yaml

# A table of one's own is nobody's business.
plant "CREATE TABLE notes (job, text); INSERT INTO notes VALUES (1, 'mine')"
expect 0 status --db s.db
expect 0 rm --db s.db "$id" --yes
expect 0 db check s.db
[ "$(sqlite3 s.db 'SELECT text FROM notes')" = mine ] || fail "a user's own table was changed"
[ "$(sqlite3 s.db "SELECT count(*) FROM sqlite_schema WHERE name IN ('job_done_stays', 'epoch_done_delete')")" = 2 ] ||
    fail "rm leaves the database without its guards"

# So is a result in a run folder that has something else where a result's tables are.
expect 0 submit s.yaml --run r.run --via hand
expect 0 work r.run
for result in r.run/results/*; do
    sqlite3 "$result" "ALTER TABLE result RENAME TO kept; CREATE VIEW result AS SELECT * FROM kept"
done
expect 1 collect r.run
grep -q 'other tables than results have' stderr || fail "collect takes a result that is a view"
said 'set aside'
