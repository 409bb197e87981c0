# Weights, running statistics and checkpoints that are not finite are never saved: training ends with an error, also where
# it diverges in its last step and has no test images.
. "$(dirname "$0")/common.bash"
files=$(dirname "${BASH_SOURCE[0]}")/../data/files
mkdir -p images/train/a images/train/b
for i in 1 2 3 4 5 6 7 8; do
    cp "$files/colour.png" images/train/a/$i.png
    cp "$files/grey.png" images/train/b/$i.png
done
# Whether all numbers of a safetensors file are finite; its bytes of other kinds are no numbers.
is_finite() {
    python3 - "$1" <<'END'
import array, json, math, sys
data = open(sys.argv[1], "rb").read()
length = int.from_bytes(data[:8], "little")
kinds = {"F32": "f", "F64": "d"}
for name, tensor in json.loads(data[8 : 8 + length]).items():
    if name != "__metadata__" and tensor["dtype"] in kinds:
        begin, end = (8 + length + at for at in tensor["data_offsets"])
        if not all(map(math.isfinite, array.array(kinds[tensor["dtype"]], data[begin:end]))):
            sys.exit(f"{name} of {sys.argv[1]} is not finite")
END
}
train() { # train STEPS OPTION...: 0 with finite weights, or 1 without any
    local status=0 steps=$1
    shift
    rm -f last checkpoint
    "$program" train resnet18 -w 0.125 --input 32 --data folder --root images --threads 1 --epochs "$steps" --batch 16 \
        --warmup-epochs 0 --schedule constant --save last --checkpoint checkpoint "$@" >stdout 2>stderr || status=$?
    for file in last checkpoint; do
        [ ! -e $file ] || is_finite $file || fail "$file of $steps steps is not finite"
    done
    if [ $status = 0 ]; then
        [ -e last ] || fail "nothing was saved"
    else
        [ $status = 1 ] || fail "status $status"
        said "finite"
        [ ! -e last ] || fail "weights of a training that failed"
        ended=$((ended + 1))
    fi
}
ended=0
train 2 --lr 0.01
[ $ended = 0 ] || fail "a training that does not diverge has ended"
for steps in 2 3 4 5; do
    train $steps --lr 900
done
[ $ended -gt 0 ] || fail "no training has diverged"
# As it is saved in the middle of an epoch, and of the average too.
for ema in 0 0.5; do
    train 5 --lr 900 --batch 4 --ema-decay $ema --checkpoint-seconds 0.000001
done
