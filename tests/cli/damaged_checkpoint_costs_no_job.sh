# A checkpoint that was deleted or damaged costs what it had saved: the job begins anew, to the same result.
. "$(dirname "$0")/common.bash"

# stop_in_the_middle: run until there is a checkpoint, and stop.
stop_in_the_middle() {
    rm -rf s.db*
    "$program" run s.yaml --workers 1 >stdout 2>stderr &
    run=$!
    wait_until "a checkpoint" has_checkpoint s.db
    kill -TERM $run
    wait $run && fail "the study had ended before it was stopped: the test shows nothing"
    file=$(ls s.db.d/checkpoints/*.safetensors)
}

study s.yaml 10 '[0]'
sed -i '/method: width/d' s.yaml
expect 0 run s.yaml --db whole.db --workers 1
results whole.db whole

for damage in deleted cut data; do
    stop_in_the_middle
    case $damage in
    deleted) rm "$file" ;;
    cut) truncate -s 1000 "$file" ;;
    data) printf 'x' | dd of="$file" bs=1 seek=1000000 conv=notrunc status=none ;;
    esac
    expect 0 run s.yaml --workers 1
    results s.db again
    cmp whole again || fail "the result with a checkpoint that was $damage differs"
    [ $damage = deleted ] && continue
    [ -e "$file.damaged" ] || fail "the checkpoint that was $damage is not kept aside"
    grep -q "begun anew" s.db.d/logs/*.log || fail "the job's log does not tell of the checkpoint that was $damage"
done
