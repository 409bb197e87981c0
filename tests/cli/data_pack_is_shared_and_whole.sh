# A packed set gives the results of the files; killed at any moment it leaves no half file and is made again.
. "$(dirname "$0")/common.bash"
train() { # train OPTION...: two steps, of which the losses are kept
    expect 0 train resnet18 -w 0.125 --input 16 --stem-stride 1 --no-stem-pool --data shapes --epochs 1 --steps 2 \
        --batch 16 --threads 1 --augment random_resized_crop --log-steps --format json "$@"
    grep -oE '"loss": *[0-9.]+' stdout
}
expect 0 data pack shapes -o whole.pack --loader-threads 2 --format json
grep -qE '"images": *10000' stdout || fail "not all images: $(cat stdout)"
train >files
train --packed whole.pack >packed
cmp -s files packed || fail "a packed set trains otherwise: $(paste files packed)"
train --packed whole.pack --data-classes 3 --minival 0.1 --fraction 0.5 >fewer
cmp -s files fewer && fail "choosing images changes nothing"
# predict names classes as the pack does, and decodes as it is told.
files=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)
train --packed whole.pack --save w.safetensors >/dev/null
classify() { # classify OPTION...
    expect 0 predict resnet18 -w 0.125 --input 14 --stem-stride 1 --no-stem-pool --weights w.safetensors --data shapes \
        --packed whole.pack --format json "$@" "$files/odd_420.jpg"
}
classify
grep -q 'star-' stdout || fail "no names of shapes: $(cat stdout)"
cp stdout whole_decoded
classify --scaled-decode
cmp -s whole_decoded stdout && fail "--scaled-decode changes nothing in predict"
expect 2 data info folder --packed whole.pack
said "is a packed shapes, not folder"

# KILL_ROUNDS=20 KILL_MS=4000: so many times, each within so long, which is about what it takes.
for _ in $(seq ${KILL_ROUNDS:-2}); do
    "$program" data pack shapes -o killed.pack --quiet >/dev/null 2>&1 &
    pid=$!
    wait_ms=$((RANDOM % ${KILL_MS:-400}))
    sleep "$((wait_ms / 1000)).$(printf %03d $((wait_ms % 1000)))"
    kill -9 $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
    [ ! -e killed.pack ] || cmp -s killed.pack whole.pack || fail "half a file under the final name"
    [ ${KILL_ROUNDS:-2} -le 2 ] || expect 0 data pack shapes -o killed.pack --quiet
    [ ${KILL_ROUNDS:-2} -le 2 ] || cmp -s killed.pack whole.pack || fail "after $wait_ms ms, not whole the next time"
    rm -f killed.pack
done
expect 0 data pack shapes -o killed.pack --quiet
cmp -s killed.pack whole.pack || fail "packed again it is another file"
[ -z "$(find . -name '*.tmp.*')" ] || fail "leftovers of the killed ones: $(ls)"

cat >study.yaml <<END
name: held-out
data: {name: shapes, packed: $PWD/whole.pack, minival: 0.1, fraction: 0.5, classes: 6, split_seed: 3, resize: bicubic}
seeds: [0]
models: [{base: resnet18, input: 16, scalings: [{method: baseline}]}]
END
expect 0 plan study.yaml
head -c 200 whole.pack >damaged.pack
sed -i 's/whole.pack/damaged.pack/' study.yaml
expect 2 plan study.yaml
said "damaged"
