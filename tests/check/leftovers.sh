#!/bin/bash
# Nothing is left for later: what is to be done stands in issues, not in comments.
. tests/check/common.bash
files=$(find . -path ./build -prune -o -path ./out -prune -o -path ./.git -prune -o -path ./tests/check -prune -o -type f -print | sed 's|^\./||')
{
    echo "$files" | xargs grep -nIwE 'TODO|FIXME|XXX|HACK' /dev/null | sed -E 's/^([^:]*:[0-9]*):.*/\1: a note to oneself/' || true
    echo "$files" | grep -E '\.(orig|rej|swp|bak)$|~$' | sed 's/$/:1: a left-over file/' || true
    echo "$files" | xargs grep -nIE '^(<<<<<<< |>>>>>>> |=======$)' /dev/null | sed -E 's/^([^:]*:[0-9]*):.*/\1: the mark of a merge/' || true
} | verdict
