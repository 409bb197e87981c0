#!/bin/sh
# revision.sh: the git revision of the sources in the current folder, with -dirty if they were changed since; nothing where
# they are no checkout of their own.
top=$(git rev-parse --show-toplevel 2>/dev/null) || exit 0
[ "$top" = "$(pwd -P)" ] || exit 0
git describe --always --abbrev=12 --dirty --exclude='*' 2>/dev/null || exit 0
