#!/bin/bash
# run.sh PATTERNS: the tests of this folder whose path contains one of the PATTERNS (none: all), each with a cluster of
# its own. Without Slurm's packages, and where they cannot be installed, they are skipped with a reason.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ "$(sh harness/make/packages.sh slurm >&2; echo $?)" != 0 ]; then
    echo "skipped: there is no Slurm here, and its packages cannot be installed"
    echo "0 passed, 0 failed"
    exit 0
fi
wanted=()
for script in "$PWD"/tests/slurm/*_*.sh; do
    for pattern in ${1:-tests/slurm}; do
        if [[ $script == *"$pattern"* ]]; then wanted+=("$script"); fi
    done
done
TEST_TIMEOUT=${TEST_TIMEOUT:-900} bash tests/lib/run.sh tests/slurm "${wanted[@]}"
