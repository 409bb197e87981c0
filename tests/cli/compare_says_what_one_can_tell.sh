# compare prints differences at equal FLOPs with their interval, and what seeds would be needed.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0, 1]'
sed -i 's/^      - {method: width, w: 2}/&\n      - {method: depth, d: 3}/' s.yaml
expect 0 run s.yaml
# Results that two seeds can be compared by: after an epoch networks may all be wrong alike.
sqlite3 s.db "DROP TRIGGER job_done_is_final; UPDATE job SET top1 = 50 + number * number % 7"
expect 0 compare s.yaml
grep -qE '^mobilenet_v2 +(d=3|w=2)' stdout || fail "no comparison"
grep -q 'Holm' stdout || fail "the correction is not said"
LC_ALL=C awk '{ gsub(/[\200-\277]/, ""); if (length($0) > 100) exit 1 }' stdout || fail "a line is wider than 100 columns"
expect 0 compare --db s.db --format csv
[ "$(wc -l <stdout)" = 2 ] || fail "not one comparison"
grep -q '~' stdout && fail "a mark for people in a table for programs"
head -1 stdout | found 'difference,low,high,seeds' || fail "columns are missing"
expect 0 compare s.yaml --method width --against depth --format csv
grep -q '^mobilenet_v2,width,' stdout || fail "--method is not the first"
expect 0 compare s.yaml --format latex
grep -q '^\\end{table}$' stdout || fail "no table for a document"
expect 0 compare s.yaml --gains --format csv
[ "$(cut -d, -f2,4 stdout | tr -d '\r' | sort | paste -sd' ')" = "depth,baseline method,against width,baseline" ] ||
    fail "not each network against its baseline: $(cat stdout)"

expect 2 compare s.yaml --gains --against width
said "ask for one of them"
expect 2 compare s.yaml --method compound
said 'there is no method "compound"'
expect 2 compare s.yaml --within 200
said "--within"
expect 2 compare
said "--db"
expect 2 compare s.yaml --study tiny
said "give one of them"
