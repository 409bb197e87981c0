#!/bin/bash
# Every line of a .def list has its file, and every such file its line, as lists.rules says.
. tests/check/common.bash

# filled TEXT NAME: the text with <name> replaced.
filled() { echo "${1//<name>/$2}"; }

# line:name of each row of a list.
rows() {
    local list=$1 macro=$2
    grep -nE "^$macro\(" "$list" | sed -E -e 's/"([^"\\]|\\.)*"//g' -e 's/^([0-9]+):[A-Z_]+\(([^)]*)\).*/\1,\2/' |
        awk -F'[, ]+' '{ name = ""; for (i = 2; i <= NF; i++) if ($i ~ /^[a-z][a-z0-9_]*$/) name = $i; print $1 ":" name }'
}

check_list() {
    local list=$1 macro=$2 file_rule=$3 symbol_rule=$4 line name file symbol
    [ -e "$list" ] || { echo "$list:1: there is no such list, but lists.rules names it" && return; }
    while IFS=: read -r line name; do
        file=$(filled "$file_rule" "$name") symbol=$(filled "$symbol_rule" "$name")
        if [ ! -e "$file" ]; then
            echo "$list:$line: $name has no file $file"
        elif ! grep -q "^$symbol = {" "$file"; then
            echo "$file:1: does not define $symbol, which $list:$line lists"
        fi
    done < <(rows "$list" "$macro")
    find "$(dirname "$file_rule")" -maxdepth 1 -name '*.c' | sort | xargs grep -nE "^${symbol_rule/<name>/[a-z0-9_]+} = \{" /dev/null |
        while IFS=: read -r file line symbol; do
            symbol=${symbol%% = *}
            name=${symbol#"${symbol_rule%<name>}"}
            grep -q ":$name\$" <(rows "$list" "$macro") || echo "$file:$line: $name has no line in $list"
        done || true
}

{
    table tests/check/lists.rules | while read -r list macro file symbol; do
        [ "$list" = compiler ] || check_list "$list" "$macro" "$file" "$symbol"
    done
    c_files def | while read -r list; do
        grep -qE "^(compiler )?$list( |\$)" <(table tests/check/lists.rules) || echo "$list:1: is not in tests/check/lists.rules"
    done
} | verdict
