#!/bin/bash
# Nothing in program files is dead or there for tests alone: what one of them defines is used by another, or by itself;
# and is static unless another file or a test uses it. Entries of registries (lists.rules) are used through their lists.
. tests/check/common.bash
build=${BUILD_GCC:-build/check-gcc} # what warnings.sh has built

# SOURCE SYMBOL of what no other object of the program uses.
candidates() {
    (cd "$build" && find . -path ./tests -prune -o -name "*.o" -print | sed "s|^./||" | sort | xargs nm -A) |
        awk '
            NR == FNR { entry[$1] = 1; next }
            { split($1, part, ":"); file = part[1]; type = $(NF - 1); symbol = $NF }
            type ~ /^[TDRBC]$/ { definer[symbol] = file }
            type == "U" { wanted[symbol] = 1 }
            END { for (s in definer) if (!(s in wanted) && !(s in entry)) print definer[s], s }' <(entries; echo main) - |
        sed -E 's/(_avx2|_avx512)?\.o / /' | sort |
        while read -r stem symbol; do [ ! -e "$stem.c" ] || echo "$stem.c" "$symbol"; done
}

# Line and number of the lines of a source that name a symbol.
named() { stripped "$1" | grep -w "$2" | awk -F: '{ line = line ? line : $2; n++ } END { print line, n }'; }

candidates | while read -r source symbol; do
    read -r line uses < <(named "$source" "$symbol")
    if [ "${uses:-0}" -le 1 ]; then
        echo "$source:${line:-1}: nothing but tests uses $symbol; take it out, or move it to the tests"
    elif ! find tests -name "*.[ch]" -print0 | xargs -0 grep -qwF "$symbol"; then
        echo "$source:$line: $symbol is used in this file only; make it static"
    fi
done | sort | { grep -vwF -f <(table tests/check/unused.exceptions) || true; } | verdict
