# Jobs are looked at and steered by the beginnings of their ids: jobs --where, logs, curve, cancel, retry, rm.
. "$(dirname "$0")/common.bash"

study s.yaml 3 '[0, 1]'
expect 0 run s.yaml
first=$(column s.db job_id | sed -n 1p)
short=${first:0:12}

expect 0 jobs s.yaml --where "top1 >= 0 AND method = 'width' -- a comment" --format csv
[ "$(wc -l <stdout)" = 3 ] || fail "not the two jobs of one method"
expect 2 jobs s.yaml --where "top9 > 0"
said "no such column: top9"
expect 2 jobs s.yaml --where "1); DELETE FROM job --"
said "does not belong to one expression"

expect 0 logs s.yaml "$short"
grep -q "^job $first" stdout || fail "logs does not name the job"
[ "$(grep -c '^epoch [123] train: loss' stdout)" = 3 ] || fail "logs does not tell of three epochs"
tail -n 1 stdout | found '^done at ' || fail "logs does not end with the job's end"

expect 0 curve s.yaml "$short" --metric top1
grep -q 'o train, x test' stdout || fail "curve has no legend"
[ "$(wc -l <stdout)" = 19 ] || fail "the curve is not as high as it should be"
expect 0 curve s.yaml "$short" --format csv
[ "$(wc -l <stdout)" = 7 ] || fail "not a row for each of 3 epochs and 2 splits"

# What is done stays done; what is stopped can wait again.
expect 0 cancel s.yaml "$short"
[ "$(status_of s.db stopped)" = 0 ] || fail "a finished job was stopped"
study s.yaml 3 '[0, 1, 2]'
expect 2 run s.yaml --memory 1M
expect 0 cancel s.yaml --state waiting
grep -q '^2 of 2 jobs stopped' stderr || fail "cancel does not say what it did"
[ "$(status_of s.db stopped)" = 2 ] || fail "not 2 jobs stopped"
expect 0 run s.yaml
[ "$(status_of s.db stopped)" = 2 ] || fail "run took stopped jobs"
expect 0 retry s.yaml --state stopped
[ "$(status_of s.db waiting)" = 2 ] || fail "not 2 jobs wait again"

expect 2 rm s.yaml "$short"
said "--yes"
[ "$(status_of s.db total)" = 6 ] || fail "a job was removed without a question"
expect 0 rm s.yaml "$short" --yes
[ "$(status_of s.db total)" = 5 ] || fail "the job was not removed"
expect 2 logs s.yaml "$short"
said "no job whose id begins with"
expect 2 retry s.yaml
said "no job is given"
expect 2 retry s.yaml ../x
said "not the beginning of a job's id"

# A job that runs is told.
study s.yaml 200 '[0]'
"$program" run s.yaml --db r.db --workers 1 >stdout 2>stderr &
run=$!
wait_until "a checkpoint" has_checkpoint r.db
"$program" cancel --db r.db --state waiting --quiet # first: else it is taken when the other ends
"$program" cancel --db r.db --state running --quiet
wait $run || fail "the run ended with $? after its jobs were cancelled"
[ "$(status_of r.db stopped)" = 2 ] || fail "not both jobs were stopped"
