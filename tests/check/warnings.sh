#!/bin/bash
# Everything compiles and links with gcc and with clang, warnings being errors. gcc builds with optimisation,
# which some of its warnings need; clang's do not.
. tests/check/common.bash
build() {
    local log
    log=$(mktemp)
    if ! ${MAKE:-make} --no-print-directory -k -j "$(nproc)" WERROR=-Werror "$@" programs >"$log" 2>&1; then
        { grep -E 'error|warning|undefined reference|multiple definition' "$log" || tail -n 20 "$log"; } | head -n 60
    fi
    rm -f "$log"
}
# BUILD_GCC: a folder whose objects were made with WERROR=-Werror too, so that they need not be made again.
{
    build CC=gcc VARIANT=release BUILD="${BUILD_GCC:-build/check-gcc}"
    build CC=clang VARIANT=release OPTIMISE_release=-O0 BUILD=build/check-clang
} | verdict
