#!/bin/sh
# embed.sh NAME FILE: print FILE as a C header with `static const char NAME[]`.
set -eu
printf '/* Generated from %s. */\nstatic const char %s[] =\n' "$2" "$1"
sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$2"
printf '    ;\n'
