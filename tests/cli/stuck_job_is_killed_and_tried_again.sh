# A job that gives no sign of life is killed and tried again; its result is what it would have been.
. "$(dirname "$0")/common.bash"

study s.yaml 8 '[0]'
sed -i '/method: width/d' s.yaml
expect 0 run s.yaml --db whole.db --workers 1
results whole.db whole

"$program" run s.yaml --workers 1 --stuck-seconds 5 >stdout 2>stderr &
run=$!
wait_until "a checkpoint" has_checkpoint s.db
wait_until "a worker to freeze" freeze_children $run
status=0
wait $run || status=$?
[ $status = 0 ] || fail "with a job that was stuck once it ended with $status"
grep -q '^tried again: .*killed: no message within 5 s' stderr || fail "nothing said that the job was stuck"
results s.db again
cmp whole again || fail "the result of the job that was stuck differs"
