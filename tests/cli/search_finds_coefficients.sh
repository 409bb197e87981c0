# search grid: the study of a grid, which runs and is ranked; search nas: the paper's objective; wrong input is said.
. "$(dirname "$0")/common.bash"
study s.yaml 1 '[0, 1]'

expect 0 search grid s.yaml -o grid.yaml
grep -q '^grid.yaml: 22 points' stderr || fail "not 22 points: $(cat stderr)"
grep -q '^name: tiny-grid' grid.yaml || fail "the study is called $(grep ^name grid.yaml)"
expect 0 study check grid.yaml --format csv
networks=$(awk -F, 'NR == 2 { print $4 }' stdout)
((networks >= 10 && networks <= 23)) || fail "22 points and a baseline are $networks networks"
expect 0 search grid s.yaml -o small.yaml --step 0.5 --within 0.5 --times 2
expect 0 plan small.yaml --format csv
# By hand: alpha beta^2 gamma^2 from 1.5 to 2.5 in halves.
for point in 1.5,1,1 2,1,1 2.5,1,1 1,1.5,1 1,1,1.5; do
    awk -F, -v point="$point" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["method"] == "compound" { split(point, f, ",")
            if ($at["depth"] == f[1] && $at["width"] == f[2] && $at["resolution"] == f[3]) found = 1 }
        END { exit !found }' stdout || fail "the plan lacks $point: $(cat stdout)"
done
[ "$(awk -F, '/,compound,/' stdout | cut -d, -f 3-6 | sort -u | wc -l)" = 5 ] || fail "not five points: $(cat stdout)"

expect 2 search grid small.yaml
said "small.db"
expect 0 run small.yaml --quiet
expect 0 search grid small.yaml --format csv
cp stdout ranked
[ "$(awk -F, 'NR > 1 { print $2 }' ranked | tr '\n' ' ')" = "1 2 3 4 5 " ] || fail "ranks are off: $(cat ranked)"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { if ($at["seeds"] != 2 || $at["method"] != "compound") exit 1
      if (NR > 2 && $at["top1"] > last) exit 1; last = $at["top1"]
      if ((NR == 2) != ($at["verdict"] == "best")) exit 1
      if ($at["macs_ratio"] < 1 || $at["macs_ratio"] > 3.5) exit 1 }' ranked || fail "the ranking is off: $(cat ranked)"
grep -q objective ranked && fail "an objective that nobody asked for"
expect 0 search grid small.yaml
grep -q 'luckiest' stdout || fail "no word of luck"

# The objective: every network, also the baseline; as the formula has it.
expect 0 search nas small.yaml --target 1M --format csv
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { wanted = $at["top1"] * ($at["macs"] / 1e6) ^ -0.07; off = $at["objective"] / wanted - 1
      if (off > 1e-6 || off < -1e-6) exit 1; n++ } END { exit n != 6 }' stdout || fail "the objective is off: $(cat stdout)"
expect 0 search nas --db small.db --study tiny-grid --target 1M --exponent 0 --format csv
cut -d, -f 13 stdout | tail -n +2 | sort -c -g -r || fail "with an exponent of 0 it is not by accuracy: $(cat stdout)"

# Two seeds whose accuracies are all the same give no test, and are not said to be one seed.
sqlite3 small.db "VACUUM INTO 'same.db'"
sqlite3 same.db "DROP TRIGGER job_done_is_final; UPDATE job SET top1 = 10"
expect 0 search nas --db same.db --study tiny-grid --target 1M
grep -q 'No difference was tested' stdout || fail "nothing says why there is no p: $(cat stdout)"
grep -q 'With one seed' stdout && fail "two seeds are called one"
expect 2 search nas small.yaml
said "--target is missing"
expect 2 search nas small.yaml --target many
said "such as 400M or 1.3B"
expect 2 search nas small.yaml --target 1M --exponent nan
said "--exponent"
expect 2 search grid s.yaml -o x.yaml --step 0.001
said "steps of 0.001"
expect 2 search grid s.yaml -o x.yaml --db small.db
said "give one of the two"
expect 2 search grid -o x.yaml
said "STUDY.yaml"
expect 2 search
said "search needs an argument"
expect 2 search gird
said "grid"
[ ! -e x.yaml ] || fail "a refused grid left a file"
