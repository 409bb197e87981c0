# A machine that dies leaves its jobs to others, who go on from its checkpoints. One that was only cut off and comes
# back, when another has its job, ends without a result: there is one, with the bits of `run`.
. "$(dirname "$0")/common.bash"

# Their children, too: all that runs of a machine.
everything_of() {
    echo "$1"
    children_of "$1"
}
study s.yaml 12 '[0]'
expect 0 run s.yaml --db whole.db --threads 1
results whole.db whole

expect 0 submit s.yaml --run dead.run --via hand --checkpoint-seconds 0.1
"$program" work dead.run --workers 1 >stdout 2>stderr &
work=$!
wait_until "a checkpoint" compgen -G "dead.run/attempts/*/*.safetensors" >/dev/null
# shellcheck disable=SC2046
kill -9 $(everything_of $work)
wait $work 2>/dev/null || true
expect 0 work dead.run --workers 1
grep -q 'whose last owner is gone' stderr || fail "it did not say that it takes over"
expect 0 collect dead.run
results dead.db dead
cmp whole dead || fail "the results after a death differ"
[ -z "$(find dead.run/attempts -mindepth 1)" ] || fail "attempts are left over"

# Stopped processes are what a machine that is cut off looks like: alive, and silent.
expect 0 submit s.yaml --run cut.run --via hand --checkpoint-seconds 0.1 --takeover-seconds 1
"$program" work cut.run --workers 1 >out1 2>err1 &
work=$!
wait_until "a checkpoint" compgen -G "cut.run/attempts/*/*.safetensors" >/dev/null
# shellcheck disable=SC2046
freeze $(everything_of $work)
expect 0 work cut.run --workers 1
grep -q 'whose last owner is gone' stderr || fail "it did not take over from the silent one"
# shellcheck disable=SC2046
kill -CONT $(everything_of $work)
wait $work || fail "the one that came back ended with $?"
grep -q '^left: ' err1 || fail "the one that came back did not leave its job"
[ "$(ls cut.run/results | wc -l)" = 2 ] || fail "not one result a job"
expect 0 collect cut.run
results cut.db cut
cmp whole cut || fail "the results after a cut differ"
[ -z "$(find cut.run/attempts cut.run/tmp -mindepth 1)" ] || fail "files are left over"
