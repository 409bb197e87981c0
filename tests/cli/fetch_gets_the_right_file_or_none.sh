# Whatever the server does, the set is there whole, or a sentence says why not and nothing is under its name.
. "$(dirname "$0")/common.bash"
. "$(dirname "$0")/fetch.bash"
mkdir served
make_set birds
tar czf served/birds.tgz birds
sum=$(sha256sum served/birds.tgz | cut -d' ' -f1)
serve served

# gets MODE [OPTION...]: the set comes, by its checksum.
gets() {
    local mode=$1
    shift
    fetch --from "$server/$mode/birds.tgz" --checksum "$sum" --root "$mode" "$@" >"$mode.out" 2>"$mode.err" &&
        [ "$(cat "$mode.out")" = "$PWD/$mode" ] || [ "$(cat "$mode.out")" = "$mode" ] || return 1
    same birds "$mode" && [ ! -e "$mode.part" ]
}

# refuses MODE WORDS [OPTION...]: it does not, the error has the words.
refuses() {
    local mode=$1 words=$2 status=0
    shift 2
    fetch --from "$server/$mode/birds.tgz" --retries 2 --root "$mode" "$@" >"$mode.out" 2>"$mode.err" || status=$?
    [ "$status" = 1 ] && [ ! -e "$mode" ] && tail -n 1 "$mode.err" | found '^scalestudy: ' &&
        tail -n 1 "$mode.err" | found -F -- "$words"
}

names=() pids=()
try() {
    "$@" &
    names+=("$*") pids+=($!)
}
try gets ok
try gets moved
try gets drop
try gets norange
try gets unnamed
try gets changed
try gets rude
try gets shifted
try gets flaky
try gets stall --stall 1
try refuses long "ended after"
try refuses file "only http and https"
try refuses circle "redirect"
try refuses broken "status 500"
try refuses missing "status 404"
try refuses drip "too long" --stall 1 --retries 1
try refuses wrong "its publisher has changed it" --checksum "$sum"
try refuses endless "more than 5000000 bytes" --max-size 5M
for i in "${!pids[@]}"; do
    wait "${pids[$i]}" && continue
    read -r _ mode _ <<<"${names[$i]}"
    fail "${names[$i]}: $(tail -n 3 "$mode.err")"
done

# Without a checksum, pieces go together only where the server vouches for them.
fetch --from "$server/drop-2/birds.tgz" --root drop-2 2>drop-2.err >&2 && same birds drop-2 || fail "drop without a checksum"
grep "^/drop-2/" requests | found '"1"' || fail "no If-Range for a file with an ETag"
fetch --from "$server/changed-2/birds.tgz" --root changed-2 2>changed-2.err >&2 && same birds changed-2 ||
    fail "a change without a checksum"
fetch --from "$server/unnamed-2/birds.tgz" --root unnamed-2 2>unnamed-2.err >&2 && same birds unnamed-2 ||
    fail "no validator, no checksum"
[ "$(grep -c "^/unnamed-2/.*bytes=" requests)" = 0 ] || fail "resumed what nothing vouches for"
[ "$(grep -c "^/drop/.*bytes=.*206" requests)" = 3 ] || fail "a broken answer was not gone on with"

# Nobody there.
expect 1 data fetch folder --from http://127.0.0.1:1/birds.tgz --root nobody --wait 0.01
said "cannot be reached"
expect 2 data fetch folder --from ftp://127.0.0.1/birds.tgz --root nobody
said "neither http nor https"
[ ! -e nobody ] || fail "something is under the name of a set that did not come"
