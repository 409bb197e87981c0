#!/bin/sh
# Print a main for one test file: every `static void test_...(void **state)` in it is run, in order. Optional
# `static int group_setup(void **)` and `group_teardown` run once around them.
set -eu
file=$1
tests=$(sed -n 's/^static void \(test_[A-Za-z0-9_]*\)(void \*\*state)$/\1/p' "$file")
if [ -z "$tests" ]; then
    echo "$file: no function \"static void test_subject__claim(void **state)\" in it" >&2
    exit 1
fi
hook() {
    if grep -q "^static int $1(void \*\*state)" "$file"; then echo "$1"; else echo NULL; fi
}
printf '#include "%s"\n\nint main(void)\n{\n    const struct CMUnitTest tests[] = {\n' "$file"
for test in $tests; do
    printf '        cmocka_unit_test(%s),\n' "$test"
done
printf '    };\n\n    return cmocka_run_group_tests_name("%s", tests, %s, %s);\n}\n' "$file" "$(hook group_setup)" "$(hook group_teardown)"
