# `db` finds damage, copies a database while it is used, and takes over what others have done, once.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0, 1]'
expect 0 run s.yaml
results s.db ours
expect 0 db check s.db
grep -q '^s.db is sound$' stdout || fail "it does not say that it is sound"

expect 0 db backup s.db copy.db
results copy.db copied
cmp ours copied || fail "the copy has other results"
expect 2 db backup s.db copy.db
said "copy.db is there already"
expect 2 db backup gone.db other.db
said "there is no database gone.db"
[ ! -e other.db ] || fail "a failed copy leaves a file"

# A second machine did one seed more and one less.
study s.yaml 1 '[1, 2]'
expect 0 run s.yaml --db laptop.db
expect 0 db merge s.db laptop.db --format csv
grep -q '^laptop.db,0,2,2,2,0' stdout || fail "merging says otherwise: $(cat stdout)"
[ "$(status_of s.db done)" = 6 ] || fail "not 6 jobs are done"
expect 0 db merge s.db laptop.db --format csv
grep -q '^laptop.db,0,0,0,4,0' stdout || fail "merging again changes something: $(cat stdout)"
expect 0 db check s.db
expect 0 db merge new.db s.db copy.db
results s.db from
results new.db to
cmp from to || fail "a merge into a new file has other results"
[ "$(sqlite3 new.db 'SELECT count(*) FROM epoch')" = 12 ] || fail "epochs were not taken over"
[ "$(sqlite3 new.db 'SELECT count(*) FROM job WHERE environment IS NULL')" = 0 ] || fail "environments were not taken over"
expect 2 db merge s.db ./s.db
said "are the same file"
compgen -G '*.merge.*' >/dev/null && fail "a merge leaves a file"

# A result that is another stays beside ours, and is told.
sqlite3 laptop.db "DROP TRIGGER job_done_is_final; UPDATE job SET loss = loss + 1"
expect 0 db merge s.db laptop.db --format csv
grep -q '^laptop.db,0,0,0,0,4' stdout || fail "differing results are not counted: $(cat stdout)"
grep -q '4 results differ from those in s.db, which stay' stderr || fail "differing results are not told"
results s.db after
cmp from after || fail "differing results were taken"

sqlite3 copy.db 'UPDATE study_group SET n_done = 9'
expect 1 db check copy.db
grep -q 'mobilenet_v2 width of study tiny has another count than jobs' stdout || fail "a wrong count is not found"
sqlite3 laptop.db "UPDATE job SET canonical = replace(canonical, '32', '33') WHERE seed = 2"
expect 1 db check laptop.db
[ "$(grep -c 'is not what its id is of' stdout)" = 2 ] || fail "changed jobs are not found"
expect 0 db backup s.db bad.db
for page in 2 5 6 9 12; do
    head -c 600 /dev/zero | tr '\0' 'x' | dd of=bad.db bs=1 seek=$((page * 4096 + 8)) conv=notrunc 2>/dev/null
done
expect 1 db check bad.db
said ".recover"

before=$(stat -c %s s.db)
sqlite3 s.db 'CREATE TABLE big (x); INSERT INTO big SELECT randomblob(400000); DROP TABLE big'
expect 0 db vacuum s.db
[ "$(stat -c %s s.db)" -le "$before" ] || fail "vacuum gives nothing back"
expect 2 db shake s.db
said "takes \`check FILE\`"

# A file of version 1 is kept as it was when it is brought up to date.
sed '/^-- Since version 2/,$d' "$(dirname "$0")/../results/schema_v5.sql" >v1.sql
sqlite3 old.db <v1.sql
sqlite3 old.db 'PRAGMA user_version = 1'
expect 0 db merge old.db new.db
ls old.db.before-v* >/dev/null || fail "no copy was made before the migration"
[ "$(sqlite3 old.db.before-v* 'PRAGMA user_version')" = 1 ] || fail "the copy is not of the old version"
[ "$(status_of old.db done)" = 6 ] || fail "the migrated file did not take the results over"
sqlite3 old.db 'PRAGMA user_version = 99'
expect 2 db check old.db
said "written by a newer scalestudy"
