# Two machines that share a run folder do its jobs together, each once, to the bits of `run`; collecting is
# repeatable, and nothing is left over. Stopped, one gives its jobs back and another goes on.
. "$(dirname "$0")/common.bash"

mkdir "a folder's"
cd "a folder's"
study s.yaml 3 '[0, 1]'
expect 0 run s.yaml --db whole.db --threads 1
results whole.db whole
expect 0 submit s.yaml --via hand
"$program" work s.run --workers 1 >out1 2>err1 &
first=$!
"$program" work s.run --workers 1 >out2 2>err2 &
second=$!
wait $first || fail "the first ended with $?"
wait $second || fail "the second ended with $?"
[ "$(cat err1 err2 | grep -c '^done: ')" = 4 ] || fail "not every job was done once"
expect 0 collect s.yaml
grep -q '4 results added' stderr || fail "not 4 results collected"
results s.db both
cmp whole both || fail "the results differ from those of run"
for db in whole s; do
    sqlite3 $db.db 'SELECT job_id, epoch, split, loss, top1, lr FROM epoch_metric ORDER BY 1, 2, 3' >$db.epochs
done
cmp whole.epochs s.epochs || fail "the metrics of epochs differ from those of run"
expect 0 collect s.run
grep -q '0 results added' stderr || fail "collecting again found something new"
[ -z "$(find s.run/tmp s.run/attempts -mindepth 1)" ] || fail "files are left over"
expect 0 work s.run
grep -q 'no job is left' stderr || fail "work did not say that nothing is left"

expect 0 submit s.yaml --run stopped.run --db none.db --via hand --checkpoint-seconds 0.1
"$program" work stopped.run --workers 2 >stdout 2>stderr &
work=$!
wait_until "a checkpoint" compgen -G "stopped.run/attempts/*/*.safetensors" >/dev/null
kill -TERM $work
status=0
wait $work || status=$?
[ $status = 130 ] || fail "stopped, it ended with $status"
said "goes on from there"
expect 0 work stopped.run --workers 6 # more than there are jobs
grep -q '^goes on' stderr || fail "it did not go on with what was given back"
expect 0 collect stopped.run
results stopped.db stopped
cmp whole stopped || fail "the results after a stop differ"
sqlite3 stopped.db 'SELECT job_id, epoch, split, loss, top1, lr FROM epoch_metric ORDER BY 1, 2, 3' >stopped.epochs
cmp whole.epochs stopped.epochs || fail "the metrics of epochs after a stop differ"
