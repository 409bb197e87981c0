#!/bin/bash
# Every header compiles alone, and twice: it includes what it needs, and has a guard.
. tests/check/common.bash
build=${BUILD:-build/release}
check_header() {
    local isa=()
    case $1 in */kernels/vector/*) isa=(-mavx512f -mavx512dq -mavx512vl -mavx512bw -mfma) ;; esac
    printf '#include "%s"\n#include "%s"\n' "$1" "$1" |
        gcc -std=c11 -D_GNU_SOURCE -I. -I"$build" -include harness/base/banned.h -Wall -Wextra -Werror "${isa[@]}" \
            -fsyntax-only -x c - 2>&1 | grep -E 'error|warning' | sed "s|^<stdin>:[0-9]*:[0-9]*:|$1:1:|" || true
}
export -f check_header
export build
c_files h | xargs -P "$(nproc)" -I{} bash -c 'check_header {}' | verdict
