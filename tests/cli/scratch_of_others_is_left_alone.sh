# A folder for scratch files that two machines or containers share: the numbers of one's processes mean nothing to the
# other, which must not take folders that are in use for those of the dead.
. "$(dirname "$0")/common.bash"

unshare --pid --fork --mount-proc true 2>/dev/null || { echo "this machine makes no namespaces"; exit 77; }
study s.yaml 40 '[0]'
study t.yaml 1 '[1]'
mkdir scratch
expect 0 submit s.yaml --via hand
expect 0 submit t.yaml --via hand
"$program" work s.run --scratch scratch -q >out.s 2>&1 &
work=$!
wait_until "a folder of the first" compgen -G 'scratch/scalestudy-work.*/lock'
own=$(echo scratch/scalestudy-work.*)
unshare --pid --fork --mount-proc "$program" work t.run --scratch scratch -q || fail "the second did not do its work"
[ -d "$own" ] || fail "the second removed the scratch folder of the first"
kill -9 $work
wait $work 2>/dev/null || true

# It is abandoned now, and goes with the next.
wait_until "the end of its processes" flock -n "$own/lock" true
expect 0 work t.run --scratch scratch -q
[ ! -e "$own" ] || fail "the folder of a process that was killed stays"
[ -z "$(ls scratch)" ] || fail "a folder was left over"
