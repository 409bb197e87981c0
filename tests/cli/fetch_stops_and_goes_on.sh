# Ctrl-C keeps what has come, ends with 130, and the same command goes on from there.
. "$(dirname "$0")/common.bash"
. "$(dirname "$0")/fetch.bash"
mkdir served
make_set birds 2000
tar czf served/birds.tgz birds
serve served
has_some() { [ "$(stat -c %s set.part/birds.tgz.part 2>/dev/null || echo 0)" -gt 100000 ]; }

status=0
# A background process of a script ignores SIGINT; SIGTERM is the same to the program.
"$program" data fetch folder --from "$server/slow/birds.tgz" --root set >stdout 2>stderr &
pid=$!
wait_until "some bytes" has_some
kill -TERM $pid
wait $pid || status=$?
[ $status = 130 ] || fail "interrupted, it ended with $status"
said "the same command goes on from there"
[ ! -e set ] || fail "a set that is not whole is under its name"
expect 0 data fetch folder --from "$server/slow/birds.tgz" --root set
same birds set || fail "not the same files"
grep -q "bytes=[1-9][0-9]*-.*206" requests || fail "it began anew"
