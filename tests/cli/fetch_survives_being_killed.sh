# Killed at any moment of fetching and unpacking, the set is whole or not there, and the next call completes it.
. "$(dirname "$0")/common.bash"
. "$(dirname "$0")/fetch.bash"
mkdir served
make_set birds ${KILL_KB:-1500}
for i in $(seq 200); do cp birds/train/cat/a.png birds/train/cat/$i.png; done
tar czf served/birds.tgz birds
serve served

has_bytes() { [ "$(stat -c %s set.part/birds.tgz.part 2>/dev/null || echo 0)" -gt 0 ]; }

# killed WHAT MILLISECONDS ARGUMENT...: one call of fetch, killed before so many have passed, or once it has bytes; never
# half under its name.
killed() {
    local what=$1 most=$2 victim
    shift 2
    "$program" data fetch folder --root set "$@" >out 2>err &
    victim=$!
    if [ "$most" = bytes ]; then
        wait_until "some bytes" has_bytes
    else
        sleep "0.$(printf %03d $((RANDOM % most + 3)))"
    fi
    kill -9 $victim 2>/dev/null || true
    wait $victim 2>/dev/null || true
    [ -e set ] || return 0
    same birds set || fail "killed while $what, and not whole under its name"
    rm -rf set
}

for _ in $(seq ${KILL_ROUNDS:-4}); do
    killed fetching ${KILL_MS:-500} --from "$server/slow/birds.tgz" --wait 0.01
done
killed fetching bytes --from "$server/slow/birds.tgz" --wait 0.01
expect 0 data fetch folder --from "$server/slow/birds.tgz" --root set
same birds set || fail "not whole in the end"
[ ! -e set.part ] || fail "something is left beside it"
expect 0 data verify folder --root set
grep -q "bytes=.*206" requests || fail "no call went on from where one was killed"

rm -rf set
for _ in $(seq ${KILL_ROUNDS:-4}); do
    killed unpacking ${UNPACK_MS:-60} --from served/birds.tgz
done
expect 0 data fetch folder --from served/birds.tgz --root set
same birds set || fail "not whole after being killed while unpacking"
[ ! -e set.part ] || fail "something is left beside it"
