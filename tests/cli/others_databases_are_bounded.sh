# A database or result from somebody else takes no more work and memory than a file of its size can ask for, and what
# is begun with it can be ended at once; nothing of the user's is changed.
. "$(dirname "$0")/common.bash"
tests=$(dirname "$0")

study s.yaml 1 '[0]'
expect 0 run s.yaml
mv s.db sound.db
cp sound.db ours.db
id=$(column sound.db job_id | sed -n 1p)
sqlite3 ours.db .dump >ours

# ends STATUS WORDS COMMAND...: soon, with a sentence, and nothing lies where nothing lay.
ends() {
    local wanted=$1 words=$2 status=0
    shift 2
    rm -f new.db new.db-*
    timeout 30 "$program" "$@" >stdout 2>stderr </dev/null || status=$?
    [ $status = "$wanted" ] || fail "scalestudy $* ended with $status, not $wanted"
    cat stdout >>stderr
    grep -qF -- "$words" stderr || fail "scalestudy $* does not say: $words"
    sqlite3 ours.db .dump | cmp - ours || fail "scalestudy $* changes a database of its user"
    ! compgen -G '*.merge.*' >/dev/null && ! compgen -G '*.tmp.*' >/dev/null || fail "scalestudy $* leaves files"
}

# Pages that refer to one page many times over: more rows than any machine reads.
for table in study sqlite_schema; do
    cp sound.db s.db
    python3 "$tests/endless_tree.py" s.db $table
    [ "$(stat -c %s s.db)" -lt 300000 ] || fail "the file is not small"
    ends 2 'made to keep programs busy' status --db s.db
    ends 2 'made to keep programs busy' jobs --db s.db
    ends 2 'made to keep programs busy' run s.yaml
    rm -f s.db-*
done
ends 2 'made to keep programs busy' db check s.db
ends 2 'made to keep programs busy' db merge ours.db s.db
cp sound.db s.db
python3 "$tests/endless_tree.py" s.db study_job_position
ends 2 'made to keep programs busy' jobs --db s.db
rm -f s.db-*
for table in study job epoch study_job; do
    cp sound.db s.db
    python3 "$tests/endless_tree.py" s.db $table
    ends 1 '2nd reference' db check s.db
    ends 1 'is damaged' db merge ours.db s.db
    ends 1 'is damaged' db backup s.db new.db
    rm -f s.db-*
done

# Long texts: none of the program's is so long.
cp sound.db s.db
sqlite3 s.db "UPDATE study SET text = CAST(zeroblob(300000000) AS TEXT)"
rm -f s.db-*
ends 2 'larger than 8388608 bytes' run s.yaml
ends 2 's.db: it has 1 value that no job can have' db merge ours.db s.db
ends 1 'is larger than' db check s.db
rm s.db

# A user's own table may not compute: SQLite does it within one step, which may take for ever.
while read -r named sql; do
    cp sound.db s.db
    sqlite3 s.db "$sql"
    ends 2 "'$named'" db check s.db
    ends 2 "'$named'" db merge ours.db s.db
done <<'END'
slow CREATE INDEX slow ON job (error LIKE '%a%a%a%a%a%a%b')
part CREATE INDEX part ON job (error) WHERE error LIKE '%a%a%a%a%a%a%b)'
mine CREATE TABLE mine (a, b AS (a LIKE '%a%a%a%a%a%a%b'))
END
cp sound.db s.db
sqlite3 s.db "CREATE TABLE mine (a CHECK (a NOT LIKE '%a%a%a%a%a%a%a%a%a%b')); INSERT INTO mine VALUES ('a');
    CREATE VIEW mine_too AS SELECT * FROM mine; CREATE INDEX by_a ON mine (a COLLATE NOCASE DESC);
    PRAGMA ignore_check_constraints = ON; UPDATE mine SET a = substr(hex(zeroblob(100)), 1, 200)"
sqlite3 s.db "PRAGMA ignore_check_constraints = ON; UPDATE mine SET a = replace(a, '0', 'a')"
ends 0 'is sound' db check s.db
ends 0 'tiny' status --db s.db
ends 0 's.db' db merge ours.db s.db

# Views of views of an older version, which SQLite would expand to bring it to this one.
sed '/^-- Since version 2/,$d' "$tests/../results/schema_v5.sql" >v1.sql
rm -f s.db s.db-*
{
    cat v1.sql
    echo 'PRAGMA user_version = 1; CREATE VIEW v0 AS SELECT 1 AS a;'
    for i in $(seq 1 16); do
        echo "CREATE VIEW v$i AS SELECT x.a FROM v$((i - 1)) AS x, v$((i - 1)) AS y;"
    done
} | sqlite3 s.db
ends 2 "'v0'" status --db s.db
ends 2 "'v0'" db merge ours.db s.db

# Files that are no databases, where one is looked for.
rm -f s.db s.db-*
mkfifo s.db
ends 2 'is a pipe' status --db s.db
ends 2 'is a pipe' db check s.db
rm s.db
for beside in wal shm; do
    cp sound.db s.db
    mkfifo s.db-$beside
    status=0
    timeout 30 "$program" status --db s.db >stdout 2>stderr </dev/null || status=$?
    [ $status -lt 4 ] || fail "with a pipe as s.db-$beside, status ended with $status"
    rm -f s.db-*
done

rm -f s.db s.db-*

# A result of a run folder.
expect 0 submit s.yaml --run r.run --via hand
expect 0 work r.run
result=$(echo r.run/results/"$id".*.done)
cp "$result" sound
# changed SQL: the result, changed, which collect sets aside.
set_aside() {
    expect 1 collect r.run --db new.db
    grep -qF -- "$1" stderr || fail "collect does not say: $1"
    grep -q 'set aside' stderr || fail "a result is not set aside: $1"
    [ "$(sqlite3 new.db "SELECT state FROM job WHERE id = '$id'")" = waiting ] || fail "a bad result is taken: $1"
    rm -rf r.run new.db new.db-*
    cp -r kept.run r.run
}
cp -r r.run kept.run
changed() {
    rm -f "$result"
    cp sound "$result"
    sqlite3 "$result" "$1"
}
changed "INSERT INTO epoch SELECT 2, 'train', 1, 1, 1, 1, 1"
set_aside 'epochs beyond the 1'
changed "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100)
    INSERT INTO epoch SELECT 1, x, 1, 1, 1, 1, 1 FROM n"
set_aside 'epochs beyond the 1'
changed "UPDATE result SET top1 = 150"
set_aside 'an accuracy that is not from 0 to 100'
changed "UPDATE result SET error = CAST(zeroblob(40000000) AS TEXT)"
set_aside 'is damaged'
changed "UPDATE result SET top1 = 50"
truncate -s 3G "$result"
set_aside 'the most that is read here'
changed "UPDATE result SET top1 = 50"
python3 "$tests/endless_tree.py" "$result" epoch
set_aside 'is damaged'
