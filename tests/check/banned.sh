#!/bin/bash
# No call of banned.rules outside the files that it excepts, and no allocation in what runs in the step loop.
. tests/check/common.bash
mapfile -t files < <(c_files c h inc | grep -v '^tests/')
# The files of layers and kernels: memory is planned, so they may not allocate.
mapfile -t step_loop < <(find workloads/nn/layers workloads/nn/conv workloads/nn/kernels -name '*.[ch]' | sort)

# uses WORDS FILE...: file:line:word of every use.
uses() {
    local words=$1
    shift
    stripped "$@" | awk -v words="$words" '
        BEGIN { n = split(words, word, " ") }
        {
            match($0, /^[^:]*:[0-9]*:/)
            place = substr($0, 1, RLENGTH); code = " " substr($0, RLENGTH + 1) " "
            gsub(/format\(printf,/, "", code)
            for (i = 1; i <= n; i++)
                if (code ~ ("[^A-Za-z0-9_.>]" word[i] "[^A-Za-z0-9_]") && code !~ /^ [ ]*#[ ]*include/)
                    print place word[i]
        }'
}

{
    table tests/check/banned.rules | while IFS='|' read -r words except why; do
        uses "$words" "${files[@]}" | while IFS=: read -r file line word; do
            allowed=no
            for pattern in $except; do
                # shellcheck disable=SC2053
                [[ $file == $pattern ]] && allowed=yes
            done
            [ $allowed = yes ] || echo "$file:$line: $word:${why}"
        done
    done
    uses "malloc calloc realloc free" "${step_loop[@]}" | sed -e 's/:\([a-z]*\)$/: \1: layers and kernels run in the step loop, where memory is planned and nothing is allocated/'
} | verdict
