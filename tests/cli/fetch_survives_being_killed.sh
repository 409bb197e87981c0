# Killed at any moment of fetching and unpacking, the set is whole or not there, and the next call completes it.
. "$(dirname "$0")/common.bash"
. "$(dirname "$0")/fetch.bash"
mkdir served
make_set birds ${KILL_KB:-1500}
for i in $(seq 200); do cp birds/train/cat/a.png birds/train/cat/$i.png; done
tar czf served/birds.tgz birds
serve served

for n in $(seq ${KILL_ROUNDS:-5}); do
    "$program" data fetch folder --from "$server/slow/birds.tgz" --root set --wait 0.01 >out 2>err &
    victim=$!
    sleep "0.$(printf %03d $((RANDOM % ${KILL_MS:-500} + 10)))"
    kill -9 $victim 2>/dev/null || true
    wait $victim 2>/dev/null || true
    [ -e set ] || continue
    same birds set || fail "round $n: killed, and not whole under its name"
    rm -rf set
done
expect 0 data fetch folder --from "$server/slow/birds.tgz" --root set
same birds set || fail "not whole in the end"
[ ! -e set.part ] || fail "something is left beside it"
expect 0 data verify folder --root set
grep -q "bytes=.*206" requests || fail "no call went on from where one was killed"
