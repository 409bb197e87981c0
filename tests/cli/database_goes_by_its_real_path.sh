# A symbolic link to a database stands for the database, with all that lies beside it: its log, its folder.
. "$(dirname "$0")/common.bash"
with_other_user
study tiny.yaml 2 '[0, 1]'
mkdir real locked
ln -s real/birds.db link.db
"$program" run tiny.yaml --db link.db --workers 1 >/dev/null 2>&1 &
run=$!
is_done() { column link.db state 2>/dev/null | found done; }
wait_until "a job that is done" is_done
[ -L link.db ] && [ -d real/birds.db.d/logs ] && ! [ -e link.db.d ] || fail "the folder lies elsewhere: $(ls . real)"
freeze $run && freeze_children $run
cp real/birds.db real/birds.db-wal locked/
# shellcheck disable=SC2046
kill -KILL $(children_of $run) $run
wait $run 2>/dev/null || true
column link.db state >by_link
column real/birds.db state >by_name
cmp by_link by_name || fail "the same database by its link and by its name differ"
expect 0 run tiny.yaml --db real/birds.db # goes on where the other left off
expect 0 db backup link.db backup.db
[ "$(column backup.db state | grep -c done)" = 4 ] || fail "the copy has not all jobs"

# A user who may not write beside it is told that the log is in the way, and sees no old results.
[ -s locked/birds.db-wal ] || fail "nothing is in the log, so this shows nothing"
ln -s locked/birds.db old.db
chmod 555 locked
for name in old.db locked/birds.db; do
    status=0
    "${as_other[@]}" ./program jobs --db $name >stdout 2>stderr || status=$?
    [ $status = 1 ] || fail "jobs --db $name ended with $status: $(cat stdout)"
    said "birds.db-wal beside it has changes that are not in it yet"
done
