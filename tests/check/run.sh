#!/bin/bash
# run.sh [PATTERN]: run the checks of this folder whose name contains PATTERN, all of them even if one fails, and end
# with "N passed, N failed". A check is a script that runs in the repository's root, prints what is wrong as
# "file:line: sentence", and ends with 0 if nothing is. selftest.sh shows that each can fail.
set -u
cd "$(dirname "$0")/../.." || exit 1
pattern=${1-}
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for script in tests/check/*.sh; do
    name=$(basename "$script" .sh)
    [ "$name" != run ] && [[ $name == *"$pattern"* ]] || continue
    if bash "$script" >"$log" 2>&1; then
        echo "ok      $name"
        passed=$((passed + 1))
    else
        echo "FAILED  $name"
        sed 's/^/    /' "$log"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
