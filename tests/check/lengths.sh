#!/bin/bash
# Functions of at most 80 lines, files of at most 600; lengths.exceptions names what may be longer, and why.
. tests/check/common.bash
c_files c h inc | xargs awk -f tests/check/strip.awk | awk -v exceptions=tests/check/lengths.exceptions '
    BEGIN {
        while ((getline line < exceptions) > 0) {
            sub(/[ \t]*#.*/, "", line)
            n = split(line, word, " ")
            if (n == 0) continue
            if (n < 3) print exceptions ": an exception needs a length and a reason: " line
            limit[word[1]] = word[2]
        }
    }
    function judge(what, place, length_, most, kind) {
        if (what in limit) { used[what] = 1; most = limit[what] }
        if (length_ > most) print place ": " kind " has " length_ " lines; " most " is the most"
    }
    {
        match($0, /^[^:]*:[0-9]*:/)
        split(substr($0, 1, RLENGTH), place, ":"); code = substr($0, RLENGTH + 1)
        if (place[1] != file) {
            if (file != "") judge(file, file ":1", line_no, 600, "the file")
            file = place[1]; name = ""
        }
        line_no = place[2]
        if (code ~ /^[A-Za-z_].*\(/) { name = code; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name); from = line_no }
        if (code ~ /^{[ ]*$/) opened = line_no
        if (code ~ /^}[ ]*$/ && opened) {
            judge(file ":" name, file ":" opened, line_no - opened + 1, 80, "the function " name)
            opened = 0
        }
    }
    END {
        judge(file, file ":1", line_no, 600, "the file")
        for (what in limit) if (!(what in used)) print exceptions ": " what " is gone; remove its exception"
    }' | verdict
