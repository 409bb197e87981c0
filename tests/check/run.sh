#!/bin/bash
# run.sh [PATTERN]: run the checks of this folder whose name contains PATTERN, side by side, all of them even if one fails,
# and end with "N passed, N failed". A check is a script that runs in the repository's root, prints what is wrong as
# "file:line: sentence", and ends with 0 if nothing is. selftest.sh shows that each can fail.
set -u
cd "$(dirname "$0")/../.." || exit 1
pattern=${1-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
run_one() {
    local script=$1 name=$2
    if bash "$script" >"$work/$name.log" 2>&1; then
        echo "ok      $name"
        : >"$work/$name.passed"
    else
        echo "FAILED  $name"
        sed 's/^/    /' "$work/$name.log"
        : >"$work/$name.failed"
    fi
}
# The longest first.
for script in tests/check/{warnings,selftest}.sh tests/check/*.sh; do
    name=$(basename "$script" .sh)
    [[ $name != run && $name != links && $name != unused ]] && [[ $name == *"$pattern"* ]] && [ ! -e "$work/$name.log" ] || continue
    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
    : >"$work/$name.log"
    run_one "$script" "$name" &
done
wait
# They look at what warnings has built.
for name in links unused; do
    if [[ $name == *"$pattern"* ]]; then run_one "tests/check/$name.sh" "$name"; fi
done
passed=$(find "$work" -name '*.passed' | wc -l) failed=$(find "$work" -name '*.failed' | wc -l)
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
