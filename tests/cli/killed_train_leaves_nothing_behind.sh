# What a train that was killed while it saved has left beside its checkpoint is gone once it goes on.
. "$(dirname "$0")/common.bash"
train=(train resnet18 -w 0.25 --input 32 --data shapes --train-images 64 --test-images 8 --batch 16 --threads 1
    --checkpoint progress --save last --quiet)
left=0
for _ in {1..60}; do
    "$program" "${train[@]}" --epochs 1000 --checkpoint-seconds 0.000001 >/dev/null 2>&1 &
    pid=$!
    until compgen -G 'progress.tmp.*' >/dev/null; do
        kill -0 $pid || fail "the training ended"
    done
    kill -9 $pid
    wait $pid || true
    if compgen -G 'progress.tmp.*' >/dev/null; then
        left=1
        break
    fi
    rm -f progress
done
[ $left = 1 ] || fail "60 kills left nothing to sweep"
rm -f progress
expect 0 "${train[@]}" --epochs 1
[ "$(echo *.tmp.*)" = '*.tmp.*' ] || fail "there is still $(echo *.tmp.*)"
[ -e progress ] && [ -e last ]
