# On many machines as on one: a job whose process is killed is tried again, as often as was said, and goes on from its
# checkpoint to the same bits; then it fails, and says how. A job that cannot be done fails at once.
. "$(dirname "$0")/common.bash"

# Of that entry of the chain; a checkpoint alone may be that of an entry before.
has_attempt_checkpoint() {
    compgen -G "$1/attempts/*.$2/*.log" >/dev/null && compgen -G "$1/attempts/*.$2/*.safetensors" >/dev/null
}
kill_job() {
    # shellcheck disable=SC2046
    kill -KILL $(children_of $work) 2>/dev/null
}
# work_killed RUN KILLS: do the jobs, while the first one is killed so often.
work_killed() {
    "$program" work "$1" --workers 1 >stdout 2>stderr &
    work=$!
    for ((i = 0; i < $2; i++)); do
        wait_until "a checkpoint of entry $((2 * i + 1))" has_attempt_checkpoint "$1" $((2 * i + 1))
        wait_until "a job to kill" kill_job
    done
    status=0
    wait $work || status=$?
}
study s.yaml 10 '[0]'
sed -i '/method: width/d' s.yaml
expect 0 run s.yaml --db whole.db --threads 1
results whole.db whole

expect 0 submit s.yaml --run again.run --via hand --checkpoint-seconds 0.1
work_killed again.run 2
[ $status = 0 ] || fail "a job killed twice ended the work with $status"
[ "$(grep -c '^tried again: .*signal 9' stderr)" = 2 ] || fail "it did not say that a job is tried again"
expect 0 collect again.run
results again.db again
cmp whole again || fail "the results after crashes differ"
[ -z "$(find again.run/attempts -mindepth 1)" ] || fail "attempts are left over"

expect 0 submit s.yaml --run once.run --via hand --checkpoint-seconds 0.1 --retries 0
work_killed once.run 1
[ $status = 3 ] || fail "a job that may not be tried again ended the work with $status"
expect 0 jobs once.run --state failed --format json
grep -q 'signal 9' stdout || fail "the failed job does not name the signal"
expect 0 retry once.run --state failed
expect 0 work once.run --workers 1
expect 0 collect once.run
results once.db once
cmp whole once || fail "the results after a retry differ"

# What is wrong with the input is wrong again.
sed 's/{name: shapes.*/{name: folder, root: photos}/' s.yaml >bad.yaml
mkdir -p photos/{train,test}/{a,b}
printf 'no image' | tee photos/{train,test}/{a,b}/x.jpg >/dev/null
expect 0 submit bad.yaml --via hand
expect 3 work bad.run --workers 1
! grep -q '^tried again' stderr || fail "wrong input was tried again"
[ "$(cat bad.run/chain/*/* | grep -ac '"claimed"')" = 1 ] || fail "wrong input was begun more than once"
