# Networks that share model, method and factors but differ otherwise are no seeds of each other: every view names what
# differs, and counts a seed once.
. "$(dirname "$0")/common.bash"

cat >s.yaml <<'END'
name: s
data: {name: shapes, train_images: 64, test_images: 32}
recipe: {epochs: 1, batch: 32, optimizer: {lr: 0.05}}
seeds: [0, 1]
models:
  - base: mobilenet_v2
    input: 32
    variant: {width: [0.25, 0.5]}
    scalings:
      - {method: baseline}
      - {method: width, w: 2}
  - base: mobilenet_v2
    input: 32
    variant: {width: 0.25}
    recipe: {epochs: 2}
    scalings:
      - {method: baseline}
      - {method: width, w: 2}
END
expect 0 run s.yaml

# settings COLUMN FILE: how often each value of a column of CSV occurs, in their order.
settings() {
    awk -F, -v name="$1" '
        { sub(/\r$/, "") }
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
        { n[$at]++ }
        END { for (value in n) print n[value], value }' "$2" | LC_ALL=C sort -k 2
}
each() {
    printf '%s\n' "$1 epochs=1 variant w=0.25" "$1 epochs=1 variant w=0.5" "$1 epochs=2 variant w=0.25"
}
expect 0 plan s.yaml --no-estimate --format csv
settings setting stdout | cmp - <(each 4) || fail "plan does not tell three baselines apart"
expect 0 jobs s.yaml --format csv
settings setting stdout | cmp - <(each 4) || fail "jobs does not tell them apart"
expect 0 jobs s.yaml --where "setting = 'epochs=2 variant w=0.25'" --format csv
[ "$(wc -l <stdout)" = 5 ] || fail "jobs cannot be chosen by what tells them apart"
expect 0 export s.yaml --what accuracies
settings setting stdout | cmp - <(each 2) || fail "accuracies are not told apart"
[ "$(settings seeds stdout)" = "6 2" ] || fail "not two seeds of each of six networks: $(cat stdout)"
expect 0 compare s.yaml --gains --format csv
settings setting stdout | cmp - <(each 1) || fail "gains are not told apart"
[ "$(settings seeds stdout)" = "3 2" ] || fail "a gain is not over two seeds"
expect 0 search nas s.yaml --target 1M --format csv
[ "$(settings seeds stdout)" = "6 2" ] || fail "the search counts other seeds: $(cat stdout)"
expect 0 fit s.yaml --rows --format csv
settings setting stdout | cmp - <(each 2) || fail "a curve does not begin at its own baseline"
expect 0 table table3 s.yaml --format csv
[ "$(grep -c '^mobilenet_v2,baseline,.*variant w=' stdout)" = 3 ] || fail "the table does not show three baselines"
grep -q '^mobilenet_v2,width,.*epochs=2 variant w=0.25' stdout || fail "the table does not name what differs"
expect 0 plot flops-accuracy s.yaml -o f.svg
[ "$(grep -c 'MobileNetV2, 224 px' f.svg)" = 1 ] || fail "the paper's panel is not drawn once"
expect 0 report s.yaml -o r.html
grep -q '<strong>mobilenet_v2, epochs=2 variant w=0.25</strong> at 32 pixels' r.html || fail "the report does not name them"

# Where there is nothing to tell apart nothing is said.
study plain.yaml 1 '[0]'
expect 0 plan plain.yaml --no-estimate
grep -q setting stdout && fail "a column says nothing"

# Figures of one network, and of specs, take no results of others.
expect 2 plot fig8 s.yaml -o f.svg
said "EfficientNet-B0, and the study has no result of it"
expect 2 plot layers s.yaml -o l.svg
said "takes --model MODEL, and no study or database"

# Variants that meet: one scaled is another's baseline. The baseline stays, and the plan says what it skips.
sed 's/mobilenet_v2/mobilenet_v1/' s.yaml >meet.yaml
expect 0 plan meet.yaml --no-estimate --format csv
grep -q 'skips mobilenet_v1 width d=1 w=2 r=1: the study has the same network elsewhere' stderr ||
    fail "the plan does not name what it skips: $(cat stderr)"
[ "$(grep -c '^mobilenet_v1,baseline' stdout)" = 6 ] || fail "a variant lost its baseline: $(cat stdout)"
