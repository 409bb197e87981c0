#!/bin/bash
# The examples of CONTRIBUTING.md compile: a block that begins with /* FILE */ is that file, one that begins with
# /* in FILE */ goes to its end (of a header, inside its guard).
. tests/check/common.bash
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
c_files h def | tar -cf - -T - | tar -xf - -C "$copy"
awk -v root="$copy" '
    /^```/ { file = ""; begin = $0 == "```c"; next }
    begin && match($0, /^\/\* (in )?[^ ]*\.[a-z]+ \*\/$/) {
        begin = 0
        added = /^\/\* in /
        file = $0; gsub(/^\/\* (in )?| \*\/$/, "", file)
        print (added ? "add " : "new ") file ":" FNR
        part = root "/" file (added ? ".part" : "")
        printf "" >part
        next
    }
    { begin = 0 }
    file != "" { print >part }' CONTRIBUTING.md >"$copy/blocks"
{
    grep -q '^new ' "$copy/blocks" || echo "CONTRIBUTING.md:1: no example found"
    sed -n 's/^add \(.*\):[0-9]*$/\1/p' "$copy/blocks" | while read -r file; do
        if [ ! -e "$file" ]; then
            echo "CONTRIBUTING.md:1: there is no $file"
            continue
        fi
        { [[ $file == *.h ]] && sed '/^#endif$/d' "$file" || cat "$file"; cat "$copy/$file.part"; } >"$copy/$file"
        if [[ $file == *.h ]]; then echo '#endif' >>"$copy/$file"; fi
    done
    sed -n 's/^new \(.*\)$/\1/p' "$copy/blocks" | while IFS=: read -r file line; do
        [ ! -e "$file" ] || echo "CONTRIBUTING.md:$line: $file is there already"
        (cd "$copy" && gcc -std=c11 -D_GNU_SOURCE -I. -include harness/base/banned.h -Wall -Wextra -Wshadow \
            -Wstrict-prototypes -Werror -fsyntax-only "$file" 2>&1 | grep -E 'error|warning' || true) | sed "s/^/CONTRIBUTING.md:$line: /"
    done
} | verdict
