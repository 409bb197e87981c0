# Table 3 has its 14 rows without a database, and what a study measured with one.
. "$(dirname "$0")/common.bash"

# field MODEL METHOD NAME: of the CSV in the file stdout.
field() {
    awk -F, -v model="$1" -v method="$2" -v name="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) { if ($i == name) at = i; if ($i == "method") m = i } next }
        $1 == model && $m == method { print $at }' stdout
}

expect 0 table table3 --format csv
[ "$(wc -l <stdout)" = 15 ] || fail "not 14 rows"
[ "$(field resnet50 depth macs)" = 14570749952 ] || fail "the count of resnet50 at d=4 is wrong"
[ "$(field resnet50 depth flops_verdict)" = "exchanged?" ] || fail "the exchanged rows are not told"
[ -z "$(field resnet50 depth top1)" ] || fail "an accuracy that was not measured"
expect 0 table table3
grep -q '^exchanged?: ' stdout || fail "the table has no notes"
LC_ALL=C awk '{ gsub(/[\200-\277]/, ""); if (length($0) > 100) exit 1 }' stdout || fail "a line is wider than 100 columns"
cp stdout printed
expect 0 table table3 -o file.txt
[ ! -s stdout ] || fail "-o wrote to standard output too"
cmp -s printed file.txt || fail "-o wrote something else"
expect 0 table
grep -q '^table3 ' stdout || fail "table3 is not listed"

expect 2 table table9
said 'there is no table "table9"; did you mean table1? The tables are: table1, table2, table3, table7, table8, paper_cells'
expect 2 table table3 --db no-such.db
said "no-such.db"
expect 2 table table3 --study tiny
said "--db"

study s.yaml 1 '[0, 1]'
expect 0 run s.yaml
expect 0 table table3 --db s.db --format csv
[ "$(field mobilenet_v2 width seeds)" = 2 ] || fail "not two seeds"
[ -n "$(field mobilenet_v2 width top1)" ] || fail "no accuracy although it was measured"
[ "$(field mobilenet_v2 baseline gain)" = 0 ] || fail "the baseline gains over itself"
[ -z "$(field mobilenet_v1 baseline top1)" ] || fail "mobilenet_v1 was not measured"
expect 0 table table3 --db s.db
grep -q 'study tiny, on shapes' stdout || fail "the notes do not say what was measured"
expect 2 table table3 --db s.db --study other
said "no study 'other'; it has tiny"
