# A database from somebody else may have any number as an epoch and as a loss: figures, curves and reports are drawn
# all the same, and marks stay where they belong.
. "$(dirname "$0")/common.bash"

study s.yaml 2 '[0]'
expect 0 run s.yaml
id=$(column s.db job_id | sed -n 1p)
sha256sum s.db >sums

# plant SQL: a copy of the database whose measurements are changed, and whose guards are not.
plant() {
    cp s.db p.db
    sqlite3 p.db "SELECT sql || ';' FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'epoch_done%'" >triggers.sql
    sqlite3 p.db "PRAGMA ignore_check_constraints = ON; $(sqlite3 p.db "SELECT 'DROP TRIGGER ' || name || ';'
        FROM sqlite_schema WHERE name LIKE 'epoch_done%'") $1" ".read triggers.sql"
}
looks() {
    for command in "plot curves -o curves.svg" "report -o report.html" "curve $id"; do
        status=0
        # shellcheck disable=SC2086
        timeout 60 "$program" $command --db p.db >stdout 2>stderr || status=$?
        [ $status = 0 ] || fail "$command ended with $status after: $1"
    done
}
for epoch in -2147483648 0 2147483647; do
    plant "UPDATE epoch SET epoch = $epoch WHERE epoch = 1"
    looks "epoch $epoch"
    grep -q '^.\{60,\}[ox*]$' stdout || fail "a curve with epoch $epoch does not reach its right end"
    grep -q '|[ox*]' stdout || fail "a curve with epoch $epoch does not begin at its left end"
done
plant "UPDATE epoch SET loss = CASE epoch WHEN 1 THEN 1.7e308 ELSE -1.7e308 END"
expect 0 curve "$id" --db p.db
expect 0 report --db p.db -o report.html
sha256sum --status -c sums || fail "the database was changed"
