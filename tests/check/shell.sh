#!/bin/bash
# Shell scripts parse.
. tests/check/common.bash
{
    find harness tests .ci -type f \( -name '*.sh' -o -name '*.bash' -o -path '.ci/run' \) | sort | while read -r script; do
        shell=bash
        head -n 1 "$script" | grep -q '^#!/bin/sh' && shell='sh'
        $shell -n "$script" 2>&1 || true
    done
} | verdict
