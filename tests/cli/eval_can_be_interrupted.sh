# eval shows how far it is on a terminal only, and Ctrl-C ends it with status 130 and without half a file of scores.
. "$(dirname "$0")/common.bash"
network=(mobilenet_v2 -w 0.25 --input 32 --data shapes --train-images 3000 --test-images 100)

expect 0 train "${network[@]}" --epochs 1 --steps 1 --batch 16 --quiet --save w.safetensors
expect 0 eval "${network[@]}" --weights w.safetensors --format json
grep -q '"images":' stdout || fail "no result"
[ ! -s stderr ] || fail "progress of less than half a minute outside a terminal"

env --default-signal=INT "$program" eval "${network[@]}" --input 160 --split all --batch 4 --threads 1 \
    --weights w.safetensors --scores scores.tsv >stdout 2>stderr &
eval=$!
has_scores() {
    compgen -G 'scores.tsv*' >/dev/null
}
wait_until "scores" has_scores
kill -INT $eval
status=0
wait $eval || status=$?
[ $status = 130 ] || fail "interrupted, it ended with $status, not 130"
said "interrupted"
[ ! -s stdout ] || fail "an interrupted evaluation printed a result"
has_scores && fail "half a file of scores is left"

script -qec true /dev/null >/dev/null 2>&1 || exit 0 # no terminal here
TERM=xterm script -qec "'$program' eval ${network[*]} --input 48 --split all --weights w.safetensors" terminal >/dev/null
grep -q 'image [0-9]*/[0-9]*  [0-9.]* images/s' terminal || fail "no progress on a terminal"
TERM=xterm script -qec "'$program' eval ${network[*]} --split all --weights w.safetensors -q" terminal >/dev/null
grep -q 'images/s  ' terminal && grep -q 'image [0-9]*/' terminal && fail "--quiet is not quiet"
exit 0
