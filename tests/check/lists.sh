#!/bin/bash
# Every line of a .def list has its file, and every such file its line, as lists.rules says.
. tests/check/common.bash

# filled TEXT NAME: the text with <name> replaced.
filled() { echo "${1//<name>/$2}"; }

# The file for a name: the first alternative that is there, or the first.
file_for() {
    local alternatives file
    IFS='|' read -ra alternatives <<<"$1"
    for file in "${alternatives[@]}"; do
        file=$(filled "$file" "$2")
        if [ -e "$file" ]; then echo "$file" && return; fi
    done
    filled "${alternatives[0]}" "$2"
}

check_list() {
    local list=$1 macro=$2 file_rule=$3 symbol_rule=$4 line name file symbol
    [ -e "$list" ] || { echo "$list:1: there is no such list, but lists.rules names it" && return; }
    while IFS=: read -r line name; do
        file=$(file_for "$file_rule" "$name") symbol=$(filled "$symbol_rule" "$name")
        if [ ! -e "$file" ]; then
            echo "$list:$line: $name has no file $file"
        elif ! grep -q "^$symbol = {" "$file"; then
            echo "$file:1: does not define $symbol, which $list:$line lists"
        fi
    done < <(rows "$list" "$macro")
    tr '|' '\n' <<<"$file_rule" | sed 's|/[^/]*$||; /<name>/d' | sort -u | xargs -I{} find {} -maxdepth 1 -name '*.c' | sort |
        xargs grep -nE "^${symbol_rule/<name>/[a-z0-9_]+} = \{" /dev/null |
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
