# export writes jobs, epochs and means over seeds as CSV, JSON, Markdown and LaTeX, to a file whole or not at all.
. "$(dirname "$0")/common.bash"

study s.yaml 2 '[0, 1]'
expect 0 run s.yaml
expect 0 export s.yaml
head -n 1 stdout | found '^study,job_id,model,method,' || fail "CSV has no heading"
[ "$(wc -l <stdout)" = 5 ] || fail "not a row for each of 4 jobs"
expect 0 export s.yaml --where "method = 'width'" --format json
[ "$(grep -c '"method": "width"' stdout)" = 2 ] || fail "not the two jobs that were asked for"
expect 0 export s.yaml --what epochs
[ "$(wc -l <stdout)" = 17 ] || fail "not a row for each of 4 jobs, 2 epochs and 2 splits"
expect 0 export s.yaml --what accuracies --format latex -o a.tex
[ ! -s stdout ] || fail "something on standard output besides the file"
grep -q '^mobilenet\\_v2 & width & 1.00 & 2.00 & ' a.tex || fail "no row of LaTeX"
expect 0 export s.yaml --what accuracies --format markdown
grep -q '^| mobilenet_v2 | baseline | ' stdout || fail "no row of Markdown"
expect 2 export s.yaml --what everything
said "accuracies"
expect 2 export s.yaml --what epochs --state done
expect 2 export s.yaml --format xml
expect 2 export s.yaml -o nowhere/a.csv
[ ! -e nowhere ] || fail "a folder was made"
