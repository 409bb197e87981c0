# `study check` says what a study comes to, `study show` writes it in full: the same jobs, and the same text again.
. "$(dirname "$0")/common.bash"

cat >common.yaml <<'END'
data: {name: shapes, train_images: 256, test_images: 64}
recipe: {epochs: 2, batch: 32, optimizer: {lr: 0.05}}
END
cat >s.yaml <<'END'
include: common.yaml
name: s
recipe: {label_smoothing: 0.1}
seeds: [0, 1]
skip_over: {macs: 20M}
models:
  - base: mobilenet_v2
    input: 32
    variant: {width: [0.25, 0.5]}
    scalings:
      - {method: baseline}
      - {method: width, w: [1.001, 2, 4]}
END
expect 0 study check s.yaml --format json
grep -q '"study": "s", "files": 2, "models": 2, "networks": 5, "seeds": 2, "jobs": 10, "skipped": 3' stdout ||
    fail "check counts otherwise: $(cat stdout)"
expect 0 study check s.yaml --no-data

expect 0 plan s.yaml --format csv --no-estimate
cut -d, -f12 stdout | sort >ids
grep -q 's.yaml:12 skips mobilenet_v2 width .* macs of .*, over 20000000' stderr || fail "plan does not say what is skipped"
expect 0 study show s.yaml
cp stdout full.yaml
grep -q '^  crop_ratio: 1  # default$' full.yaml || fail "no default is marked"
expect 0 study show full.yaml
cmp stdout full.yaml || fail "shown again it is another text"
expect 0 study show full.yaml --format json
cp stdout full.json
for full in full.yaml full.json; do
    expect 0 plan "$full" --format csv --no-estimate
    cut -d, -f12 stdout | sort | cmp - ids || fail "$full gives other jobs"
done

expect 0 plan s.yaml --order long --format csv --no-estimate
cut -d, -f12 stdout | sort | cmp - ids || fail "another order gives other jobs"
expect 2 plan s.yaml --order best
said 'the orders are: telling, file, cheap, long'
expect 2 study show s.yaml --format csv
said "prints YAML"
expect 2 study look s.yaml
said "takes \`check FILE\`"
echo 'recipe: {bacth: 1}' >common.yaml
expect 2 study check s.yaml
said "common.yaml:1:10: the recipe has no key 'bacth'; did you mean 'batch'?"
expect 0 study keys --format csv
grep -q '^models\[\].scalings\[\].w,.*a list of them makes a grid' stdout || fail "the keys do not tell of grids"
