#!/bin/bash
# Calls point in the direction of includes.rules, as includes do: what an object leaves undefined is defined in a folder
# that its own may use. And no files call each other in a circle. Entries of registries
# (lists.rules) are not counted: every user of a registry reaches them through it.
. tests/check/common.bash
build=${BUILD_GCC:-build/check-gcc} # what warnings.sh has built
rules=tests/check/includes.rules

# USER DEFINER of every call from one object to another, as sources.
calls() {
    (cd "$build" && find . -path ./tests -prune -o -name "*.o" -print | sed "s|^./||" | sort | xargs nm -A) |
        awk '
            # Objects of sources that are gone may lie about.
            function is_source(path,    line) {
                if (!(path in there)) { there[path] = (getline line < ("'"$PWD"'/" path)) >= 0; close("'"$PWD"'/" path) }
                return there[path]
            }
            NR == FNR { entry[$1] = 1; next }
            { split($1, part, ":"); file = part[1]; sub(/(_avx2|_avx512)?\.o$/, ".c", file); type = $(NF - 1); symbol = $NF }
            symbol in entry || !is_source(file) { next }
            type ~ /^[TDRBC]$/ { definer[symbol] = file }
            type == "U" { wanted[file, symbol] = 1 }
            END {
                for (pair in wanted) {
                    split(pair, part, SUBSEP)
                    if (part[2] in definer && definer[part[2]] != part[1]) print part[1], definer[part[2]], part[2]
                }
            }' <(entries) - | sort
}

direction() {
    table $rules | awk '
        function folder(path) { sub(/\/[^\/]*$/, "", path); return path }
        NR == FNR {
            if ($1 == "library") next
            room = $1; sub(/:$/, "", room)
            for (i = 2; i <= NF; i++) may[room, $i ~ /\.[a-z]+$/ ? folder($i) : $i] = 1
            next
        }
        $1 == "harness/main.c" { next } # is above everything
        {
            from = folder($1); to = folder($2)
            if (from != to && !((from, to) in may)) print $1 ":1: calls " $3 " of " $2 "; includes.rules does not say that " from " may"
        }' - "$1"
}

# Calls within a circle: away with files that call nothing, or that nothing calls, again and again; of the rest, calls
# whose callee reaches the caller.
circles() {
    awk '
        !(($1, $2) in edge) { edge[$1, $2] = $3 }
        END {
            do {
                changed = 0
                delete calls; delete called
                for (e in edge) { split(e, p, SUBSEP); calls[p[1]] = called[p[2]] = 1 }
                for (e in edge) {
                    split(e, p, SUBSEP)
                    if (!(p[1] in called) || !(p[2] in calls)) { delete edge[e]; changed = 1 }
                }
            } while (changed)
            for (e in edge) reach[e] = 1
            for (k in calls) for (i in calls) if ((i, k) in reach) for (j in calls) if ((k, j) in reach) reach[i, j] = 1
            for (e in edge) {
                split(e, p, SUBSEP)
                if ((p[2], p[1]) in reach)
                    print p[1] ":1: calls " edge[e] " of " p[2] ", which calls it in turn; one of the two belongs below the other"
            }
        }' "$1" | sort
}

found=$(mktemp)
trap 'rm -f "$found"' EXIT
calls >"$found"
{
    [ -s "$found" ] || echo "$build:1: there are no objects to look at; check warnings makes them"
    direction "$found"
    circles "$found"
} | verdict
