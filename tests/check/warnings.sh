#!/bin/bash
# Everything compiles and links with gcc and with clang, warnings being errors. gcc builds what `make test` uses, with
# optimisation, which some of its warnings need; clang's do not.
. tests/check/common.bash
build() {
    local log
    log=$(mktemp)
    if ! ${MAKE:-make} --no-print-directory -k -j "$(nproc)" "$@" programs >"$log" 2>&1; then
        { grep -E 'error|warning|undefined reference|multiple definition' "$log" || tail -n 20 "$log"; } | head -n 60
    fi
    rm -f "$log"
}
{
    build CC=gcc VARIANT=release
    build CC=clang VARIANT=release OPTIMISE_release=-O0 BUILD=build/check-clang
} | verdict
