# Two processes that fetch the same set: one works, both have it, it came once.
. "$(dirname "$0")/common.bash"
. "$(dirname "$0")/fetch.bash"
mkdir served
make_set birds 1000
tar czf served/birds.tgz birds
serve served
pids=()
for n in 1 2 3; do
    "$program" data fetch folder --from "$server/slow/birds.tgz" --root set >out.$n 2>err.$n &
    pids+=($!)
done
for pid in "${pids[@]}"; do
    wait "$pid" || fail "one of them ended with $?: $(cat err.*)"
done
same birds set || fail "not the same files"
[ "$(cat out.1 out.2 out.3)" = "$(printf 'set\nset\nset')" ] || fail "one of them does not say where the set is"
[ "$(wc -l <requests)" = 1 ] || fail "it was fetched $(wc -l <requests) times"
[ ! -e set.part ] || fail "something is left beside it"
