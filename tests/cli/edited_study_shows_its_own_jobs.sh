# If a study's file was edited since it was run, every view says so in one line, and shows the file's own jobs.
. "$(dirname "$0")/common.bash"

cat >s.yaml <<'END'
name: tiny
data: {name: shapes, train_images: 64, test_images: 32}
recipe: {epochs: 1, batch: 32, optimizer: {lr: 0.05}}
seeds: [0, 1]
models:
  - base: mobilenet_v2
    input: 32
    variant: {width: 0.25}
    scalings:
      - {method: baseline}
      - {method: width, w: 2}
END
expect 0 run s.yaml

# looks at all views; each ends with $1, and says $2, in one line of its own, or nothing.
looks() {
    local status=$1 line=$2 view
    for view in "status s.yaml" "jobs s.yaml" "export s.yaml" "export s.yaml --what accuracies" \
        "table table3 s.yaml" "plot flops-accuracy s.yaml -o f.svg" "report s.yaml -o r.html" \
        "compare s.yaml --gains" "fit s.yaml"; do
        # shellcheck disable=SC2086
        expect "$status" $view
        if [ -z "$line" ]; then
            grep -q 'has changed' stderr && fail "$view speaks of an edit"
        else
            [ "$(grep -c 'has changed since it was last run' stderr)" = 1 ] || fail "$view does not say in one line that the file was edited"
            grep -qF "$line" stderr || fail "$view does not say how many jobs are not there"
        fi
    done
    return 0
}

# An edit that changes no job is not mentioned.
printf '# a comment\n\n' >>s.yaml
sed -i 's/seeds: \[0, 1\]/seeds:  [ 0,  1 ]/' s.yaml
looks 0 ""

# Half of the jobs change: the results are those of the jobs that the file still has.
sed -i 's/w: 2/w: 3/' s.yaml
expect 0 status s.yaml --format csv
grep -qF "2 of its 4 jobs are not in s.db" stderr || fail "status does not say how many jobs are not there"
grep -q '^tiny,2,2,0,' stdout || fail "status counts jobs of the former text: $(cat stdout)"
expect 0 status s.yaml
grep -q 'mobilenet_v2 *,* *width' stdout && fail "status shows a method of the former text"
expect 0 jobs s.yaml --format csv
grep -q 'mobilenet_v2 *,* *width' stdout && fail "jobs shows those of the former text"
[ "$(grep -c 'mobilenet_v2,baseline' stdout)" = 2 ] || fail "jobs does not show the file's own"
# A job that is asked for by its id is told with its name, whether the file has it, a study of the database, or none.
id=$(sqlite3 s.db "SELECT job_id FROM job_result WHERE method = 'width' LIMIT 1")
expect 0 logs s.yaml "$id"
grep -q '^tiny: mobilenet_v2 width, 32 px, seed' stdout || fail "a job of the former text has no name: $(cat stdout)"
expect 0 export s.yaml --what epochs
[ "$(wc -l <stdout)" = 5 ] || fail "epochs of the former text are exported"
expect 0 export s.yaml --what accuracies
grep -q 'mobilenet_v2 *,* *width' stdout && fail "accuracies of the former text are exported"
expect 0 table table3 s.yaml
grep -q "13 of the 14 rows" stdout || fail "the table has rows of the former text"
expect 0 plot flops-accuracy s.yaml -o f.svg
grep -q 748448 f.svg.dat || fail "the figure has not the file's own points"
grep -q 2596160 f.svg.dat && fail "the figure has points of the former text"
expect 0 report s.yaml -o r.html
grep -q 'with 2 seeds each: 2 jobs' r.html || fail "the report counts jobs of the former text"
grep -q 'As it is now, changed since it was last run' r.html || fail "the report does not say that the file was edited"
grep -q 'w: 3' r.html || fail "the report does not show the file as it is now"
expect 2 compare s.yaml --gains
said "nothing to compare"
grep -qF "2 of its 4 jobs are not in s.db" stderr || fail "compare does not speak of the edit"
expect 2 fit s.yaml --predict 1M
grep -qF "2 of its 4 jobs are not in s.db" stderr || fail "fit does not speak of the edit"

# What was run is shown where it is asked for.
expect 0 jobs --db s.db --study tiny --format csv
[ "$(grep -c 'mobilenet_v2,width' stdout)" = 2 ] || fail "the jobs of the former text are not to be seen"
expect 0 status --db s.db --study tiny --format csv
grep -q '^tiny,4,4,' stdout || fail "status does not show what was run"
expect 2 status s.yaml --study tiny
said "--study"
# Commands that steer jobs act on those of the database, and say so.
expect 0 retry s.yaml --state failed
grep -q 'this shows the study as it was last run' stderr || fail "retry does not speak of the edit"

# All jobs change: nothing of the former text is left, and nothing is changed in the file.
sed -i 's/epochs: 1/epochs: 2/' s.yaml
expect 0 status s.yaml --format csv
grep -q '^tiny,0,0,0,' stdout || fail "status shows the old recipe's jobs"
grep -qF "4 of its 4 jobs are not in s.db" stderr || fail "not all jobs are said to be missing"
expect 2 plot flops-accuracy s.yaml -o f.svg
said "nothing is measured yet"
expect 0 db check s.db
expect 0 run s.yaml
looks 0 ""

# What another study has run is the file's own, too.
sed 's/^name: tiny/name: other/; s/\[ 0,  1 \]/[0]/' s.yaml >o.yaml
expect 0 run o.yaml --db s.db
sed -i 's/\[0\]/[1]/' o.yaml
expect 0 jobs o.yaml --db s.db --format csv
grep -qF "0 of its 2 jobs are not in s.db" stderr || fail "jobs that another study has run are said to be missing"
[ "$(grep -c ',done,' stdout)" = 2 ] || fail "jobs that another study has run are not shown"
