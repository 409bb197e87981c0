# What the checks share. They run in the root of the tree.
set -eu -o pipefail
export LC_ALL=C
rooms=(harness scalers workloads results plots tests)

# c_files [ENDING...]: our sources and headers, or files with these endings, sorted.
c_files() {
    local endings=("${@:-c h}") tests=() ending
    read -ra endings <<<"${endings[*]}"
    for ending in "${endings[@]}"; do tests+=(-o -name "*.$ending"); done
    find "${rooms[@]}" -type f \( "${tests[@]:1}" \) | sort
}

# stripped FILE...: the code as file:line:text, without comments and what is inside quotes.
stripped() {
    awk -f tests/check/strip.awk "$@"
}

# table FILE: its rows, without comments and empty lines.
table() {
    sed -e 's/[[:space:]]*#.*//' -e '/^[[:space:]]*$/d' "$1"
}

# rows LIST MACRO: line:name of each row of a .def list.
rows() {
    local list=$1 macro=$2
    grep -nE "^$macro\(" "$list" | sed -E -e 's/"([^"\\]|\\.)*"//g' -e 's/^([0-9]+):[A-Z_]+\(([^)]*)\).*/\1,\2/' |
        awk -F'[, ]+' '{ name = ""; for (i = 2; i <= NF; i++) if ($i ~ /^[a-z][a-z0-9_]*$/) name = $i; print $1 ":" name }'
}

# The entries of all registries, a line each.
entries() {
    printf 'kernels_%s\n' avx2 avx512 reference # which kernels.c chooses from
    table tests/check/lists.rules | while read -r list macro _ symbol; do
        [ "$list" = compiler ] || rows "$list" "$macro" | while IFS=: read -r _ name; do
            symbol=${symbol##* }
            echo "${symbol//<name>/$name}"
        done
    done
}

# End a check: it fails if it printed anything. Usage: { ...; } | verdict
verdict() {
    ! grep .
}
