# Tables are Markdown and LaTeX too, and results/published/paper-cells.md is what the program says of the paper's numbers.
. "$(dirname "$0")/common.bash"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

expect 0 table paper_cells --format markdown
cmp -s stdout "$root/results/published/paper-cells.md" ||
    fail "results/published/paper-cells.md is out of date: scalestudy table paper_cells --format markdown -o results/published/paper-cells.md"
grep -qF '| Table 3 | resnet50 | d=4 | 224 | FLOPs | 16.2 B | 14,570,749,952 | -10.1 | exchanged? |' stdout ||
    fail "the exchanged rows are not among the paper's cells"

for table in table1 table2 table3 table7 table8 paper_cells; do
    expect 0 table "$table" --format latex
    grep -q '^\\begin{tabular}{[lr]*}$' stdout || fail "$table is no tabular"
    grep -q '^\\end{table}$' stdout || fail "$table does not end"
    # As many columns in every row as the head says, and no sign that LaTeX would take for its own.
    awk '/^\\begin.tabular/ { n = length($0) - length("\\begin{tabular}{}") }
        / & .* \\\\$/ { gsub(/\\&/, ""); if (split($0, cells, " & ") != n) exit 1 }' stdout || fail "$table has a row of other width"
    grep -vE '^\\' stdout | sed 's/\\[_%&#$]//g' | found '[_%#$]' && fail "$table has something that is not escaped"
    expect 0 table "$table" --format markdown
    awk '/^\|/ { gsub(/\\\|/, ""); n = gsub(/\|/, ""); if (m && n != m) exit 1; m = n }' stdout || fail "$table has a row of other width"
done
expect 2 table table3 --format html
said "table, csv, json, markdown and latex"
expect 2 models --format latex
said "table, csv and json"

study s.yaml 1 '[0]'
expect 2 table table3 s.yaml
said "s.db"
expect 0 run s.yaml
expect 0 table table3 s.yaml
grep -q 'study tiny, on shapes' stdout || fail "the study file was not looked at"
cp stdout by_file
expect 0 table table3 --db s.db
cmp -s stdout by_file || fail "--db gives something else than the study file"
expect 2 table table3 s.yaml --study tiny
said "give one of them"
