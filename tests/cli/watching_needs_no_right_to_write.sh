# Who may only read a database sees its owner's run go on and end, with each command that watches, although it was at
# rest when the watching began.
. "$(dirname "$0")/common.bash"
with_other_user
study tiny.yaml 2 '[0, 1]'
"$program" run tiny.yaml --db tiny.db --workers 1 >/dev/null 2>&1 &
run=$!
is_done() { column tiny.db state 2>/dev/null | found done; }
wait_until "a job that is done" is_done
kill $run
wait $run 2>/dev/null || true
[ "$(column tiny.db state | grep -c waiting)" -ge 1 ] || fail "nothing is left to do: $(column tiny.db state)"
[ ! -e tiny.db-wal ] || fail "the database is not at rest"
id=$(paste -d ' ' <(column tiny.db state) <(column tiny.db job_id) | sed -n 's/^waiting //p' | tail -1)

mkdir pages
chown 65534 pages
"${as_other[@]}" timeout 150 ./program status --db tiny.db --watch --seconds 0.2 >status.out 2>&1 &
status=$!
"${as_other[@]}" timeout 150 ./program logs --db tiny.db "$id" --follow >logs.out 2>&1 &
logs=$!
if command -v gnuplot >/dev/null; then
    "${as_other[@]}" timeout 150 ./program report --db tiny.db --watch --every 1 -o pages/r.html >report.out 2>&1 &
    report=$!
    wait_until "a page" test -s pages/r.html
fi
wait_until "a look" test -s status.out
wait_until "a look at the job" test -s logs.out
expect 0 run tiny.yaml --db tiny.db
wait $status || fail "status --watch did not end with the run: $(cat status.out)"
grep -q '^tiny: 4/4 done' status.out || fail "status --watch did not see the end: $(cat status.out)"
wait $logs || fail "logs --follow did not end with the job: $(cat logs.out)"
grep -q '^epoch 2 test: ' logs.out && grep -q '^done at ' logs.out || fail "logs --follow saw no end: $(cat logs.out)"
[ -z "${report:-}" ] || wait "$report" || fail "report --watch did not end with the run: $(cat report.out)"
