#!/bin/bash
# Shell scripts parse, and tests end no pipe with a program that leaves early: the one that writes is then killed by
# SIGPIPE now and then, and pipefail takes that for a failure.
. tests/check/common.bash
{
    find harness tests .ci -type f \( -name '*.sh' -o -name '*.bash' -o -path '.ci/run' \) | sort | while read -r script; do
        shell=bash
        if [ "$(sed -n '1{/^#!\/bin\/sh/p}' "$script")" ]; then shell='sh'; fi
        $shell -n "$script" 2>&1 || true
    done
    grep -nE '[^|]\| *(grep +(-[^ ]+ +)*-[a-zA-Z]*q|head\b)' tests/cli/*.sh tests/cli/*.bash tests/slurm/*.sh tests/slurm/*.bash |
        grep -vE '<\(.*\| *head' | sed 's/$/ # found of common.bash, or sed -n 1p, reads the whole pipe/' || true
} | verdict
