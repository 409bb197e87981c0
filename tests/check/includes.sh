#!/bin/bash
# Includes point in the direction of includes.rules only.
. tests/check/common.bash
c_files c h inc def | grep -v '^tests/' | xargs awk -f tests/check/strip.awk | grep -E '^[^:]*:[0-9]*:[ ]*#[ ]*include' |
    awk -v rules=tests/check/includes.rules -f tests/check/includes.awk | verdict
