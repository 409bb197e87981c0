# The report of a study is one page, written again while jobs run; wrong requests are sentences.
. "$(dirname "$0")/common.bash"

study tiny.yaml 1 '[0]'
expect 2 report tiny.yaml
said '-o F.html'
expect 2 report -o r.html
said '--db'
expect 2 report tiny.yaml -o r.html
said 'tiny.db'
expect 2 report tiny.yaml -o r.html --every 3
said '--watch'
expect 0 plan tiny.yaml
expect 0 run tiny.yaml
expect 2 report --db tiny.db --study none -o r.html
said 'none'
expect 2 report --db tiny.db -o no/such/folder/r.html
said 'no/such/folder'
expect 0 report tiny.yaml -o r.html
grep -q 'wrote r.html' stderr || fail "it does not say where the page is"
grep -q '<strong>tiny</strong> trains 2 networks on shapes' r.html || fail "the summary does not say what was run"
grep -q 'base: mobilenet_v2' r.html || fail "the study file is not on the page"
grep -q 'scalestudy run tiny.yaml' r.html || fail "the page does not say how to run it again"
grep -q 'http-equiv="refresh"' r.html && fail "a finished study renews its page"
[ "$(grep -c '<tr data-curve=' r.html)" = 2 ] || fail "not a row for each job"
expect 0 report tiny.yaml --watch -o w.html

# While another process runs the study, the page renews itself; after the last job it does not.
study slow.yaml 3 '[0, 1]'
sed -i 's/^name: tiny/name: slow/' slow.yaml
"$program" run slow.yaml >run.out 2>&1 &
run=$!
wait_until "the database" test -s slow.db
has_jobs() {
    [ -n "$(status_of slow.db total)" ]
}
wait_until "its jobs" has_jobs
"$program" report slow.yaml --watch --every 1 -o slow.html >watch.out 2>&1 &
watch=$!
wait_until "a first page" test -e slow.html
wait $run || fail "the study failed: $(cat run.out)"
wait $watch || fail "watching failed: $(cat watch.out)"
grep -q 'All of them are done' slow.html || fail "the last page is not the finished study"
grep -q 'http-equiv="refresh"' slow.html && fail "the last page renews itself"
compgen -G '*.tmp.*' && fail "a temporary file is left"
true
