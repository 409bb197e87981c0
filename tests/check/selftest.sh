#!/bin/bash
# Each check can fail: in a copy of the tree a mistake is planted, and the check must name its file. So must it pass
# once the mistake is gone, for a check that always fails would show nothing.
. tests/check/common.bash
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "${rooms[@]}" Makefile .clang-format CONTRIBUTING.md "$copy"
mkdir -p "$copy/.ci" "$copy/build/release/gen"
export BUILD=build/release BUILD_GCC=build/release
: >"$copy/build/release/gen/schema_sql.h"
cd "$copy"
# Few sources are enough, and quicker to check.
find "${rooms[@]}" -name '*.c' ! -path workloads/nn/layers/add.c -delete

# says CHECK PLACE: the check fails and prints a line that begins with PLACE.
says() {
    local check=$1 place=$2 log
    if log=$(bash "tests/check/$check.sh" 2>&1); then
        echo "tests/check/$check.sh:1: does not see what is planted at $place"
    elif ! grep -q "^$place" <<<"$log"; then
        echo "tests/check/$check.sh:1: does not name $place"
    fi
}

# plant CHECK FILE PLACE TEXT: add TEXT to the end of FILE (new or not), check, put it back.
plant() {
    local check=$1 file=$2 place=$3 text=$4 old=
    [ -e "$file" ] && old=$(mktemp) && cp "$file" "$old"
    printf '%s\n' "$text" >>"$file"
    says "$check" "$place"
    rm "$file"
    if [ -n "$old" ]; then mv "$old" "$file"; fi
}

# plant_call FROM TO: FROM calls a function of TO, and the check of links must name FROM; with `back`, TO calls FROM too.
plant_call() {
    local from=$1 to=$2 back=${3:-} file
    echo 'void upper(void); void lower(void) { upper(); }' >"$from"
    echo "void lower(void); void upper(void) { ${back:+lower();} }" >"$to"
    for file in "$from" "$to"; do
        mkdir -p "build/release/$(dirname "$file")"
        gcc -c -o "build/release/${file%.c}.o" "$file"
    done
    says links "$from:1: "
    rm "$from" "$to"
}

# plant_unused FILE TEXT: FILE defines a function for nobody, and the check must name it.
plant_unused() {
    local file=$1 text=$2
    echo "$text" >"$file"
    mkdir -p "build/release/$(dirname "$file")"
    gcc -c -o "build/release/${file%.c}.o" "$file"
    says unused "$file:1: "
    rm "$file"
}

new=harness/planted.c
{
    plant format $new $new:1 'int  planted ;'
    plant headers harness/planted.h harness/planted.h:1 'bool planted(void);'
    plant headers harness/planted.h harness/planted.h:1 'struct planted { int twice; };'

    plant includes harness/base/planted.c harness/base/planted.c:1 '#include "harness/terminal/cli.h"'
    plant includes scalers/planted.c scalers/planted.c:1 '#include "workloads/workload.h"'
    plant includes results/store/planted.c results/store/planted.c:2 $'\n#include "../../scalers/scaler.h"'
    plant includes plots/planted.c plots/planted.c:1 '#include "workloads/workload.h"'
    plant includes plots/planted.c plots/planted.c:1 '#include <sqlite3.h>'
    plant includes workloads/nn/net/planted.c workloads/nn/net/planted.c:1 '#include "workloads/models/model.h"'
    plant includes workloads/nn/net/planted.c workloads/nn/net/planted.c:1 '# include "../../data/dataset/dataset.h"'
    plant includes workloads/data/planted.c workloads/data/planted.c:1 '#include "harness/study/config.h"'
    plant includes workloads/models/planted.c workloads/models/planted.c:1 '#include "workloads/nn/net/net.h"'
    plant includes $new $new:1 '#include "scalers/scaler_private.h"'
    plant includes $new $new:1 '#include "workloads/nn/net/net.h"'
    plant includes $new $new:1 '#include "workloads/data/loader.h"'
    plant includes $new $new:1 '#include "no_such.h"'

    plant_call harness/base/planted.c harness/terminal/planted.c
    plant_call results/stats/planted.c results/stats/planted_too.c back

    plant_unused $new 'void planted(void) { }'
    plant_unused $new 'void planted(void) { } int main(void) { planted(); }'

    plant banned $new $new:1 'int planted(void) { return rand(); }'
    plant banned scalers/planted.c scalers/planted.c:3 $'/* printf( */\n\nvoid planted(void) { printf("x"); }'
    plant banned results/planted.c results/planted.c:1 'void planted(void) { fputs("x", stderr); }'
    plant banned $new $new:1 'void planted(void) { exit(1); }'
    plant banned workloads/nn/net/planted.c workloads/nn/net/planted.c:1 'void planted(void) { getenv("X"); }'
    plant banned workloads/nn/layers/add.c workloads/nn/layers/add.c: 'void *planted(void) { return malloc(1); }'

    plant lengths $new $new:2 $'int planted(void)\n{\n'"$(seq -f '    f(%g);' 79)"$'\n}'
    plant lengths $new $new:1 "$(seq -f 'int a%g;' 601)"
    plant lengths tests/check/lengths.exceptions tests/check/lengths.exceptions: 'harness/gone.c:gone 99 it is gone'

    plant leftovers $new $new:1 "/* TO""DO: later */"
    plant leftovers harness/planted.c.orig harness/planted.c.orig:1 x
    plant lists scalers/scalers.def scalers/scalers.def: 'SCALER(planted)'
    plant lists scalers/planted.c scalers/planted.c:1 'const struct scaler scaler_planted = {'
    plant lists harness/planted.def harness/planted.def:1 'PLANTED(x)'
    plant examples CONTRIBUTING.md CONTRIBUTING.md: $'```c\n/* scalers/planted.c */\nint planted(void) { return x; }\n```'
    plant shell tests/cli/planted.sh tests/cli/planted.sh: 'if then'

    for check in includes banned lengths leftovers examples shell unused; do
        bash "tests/check/$check.sh" >log 2>&1 || echo "tests/check/$check.sh:1: fails without a planted mistake: $(head -n 1 log)"
    done
} | verdict
