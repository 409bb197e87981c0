# A plan lists every job once, and which of them are done as soon as there is a database.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0, 1, 2]'
expect 0 plan s.yaml --no-estimate
grep -q '^6 jobs: 2 networks, 3 seeds$' stdout || fail "no total of 6 jobs"
[ ! -e s.db ] || fail "plan wrote a database"
expect 0 plan s.yaml --format csv --no-estimate
[ "$(wc -l <stdout)" = 7 ] || fail "not 6 rows"
[ "$(cut -d, -f12 stdout | sort -u | wc -l)" = 7 ] || fail "jobs do not differ in job_id"
expect 0 plan --keys --format csv
grep -q '^recipe.optimizer.lr,' stdout || fail "the keys do not list recipe.optimizer.lr"
expect 2 plan
said "study file is missing"
expect 2 plan s.yaml --db no-such.db
said "no-such.db"

expect 0 run s.yaml
expect 0 plan s.yaml --format csv --no-estimate
[ "$(grep -c ',done,' stdout)" = 6 ] || fail "the plan does not know that all jobs are done"

root=$(dirname "$0")/../..
expect 0 plan "$root/configs/studies/table3.yaml" --format csv --no-estimate
[ "$(grep -cE '^(mobilenet_v1|mobilenet_v2|resnet50),' stdout)" = 14 ] || fail "Table 3 has not 14 rows"
[ "$(grep -c '^efficientnet_b0,' stdout)" = 2 ] || fail "EfficientNet-B0 has not its baseline and its compound scaling"
[ "$(wc -l <stdout)" = 17 ] || fail "the study has other jobs too"
