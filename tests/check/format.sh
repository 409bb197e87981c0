#!/bin/bash
# Sources look as .clang-format says: `make format` writes them so.
. tests/check/common.bash
command -v clang-format >/dev/null || { echo "clang-format is missing: apt-get install clang-format" && exit 1; }
c_files | xargs clang-format --dry-run -Werror 2>&1 |
    sed -n 's/: error: code should be clang-formatted.*/: differs from .clang-format; `make format` repairs it/p' |
    sort -u -t: -k1,1 | verdict
