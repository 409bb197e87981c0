# Weights, running statistics and checkpoints that are not finite are never saved: training ends with an error, also where
# it diverges in its last step and has no test images.
. "$(dirname "$0")/common.bash"
files=$(dirname "${BASH_SOURCE[0]}")/../data/files
mkdir -p images/train/a images/train/b
for i in 1 2 3 4 5 6 7 8; do
    cp "$files/colour.png" images/train/a/$i.png
    cp "$files/grey.png" images/train/b/$i.png
done
values() { # values FILE: of a safetensors file, as floats
    od -An -v -tf4 -j "$((8 + $(od -An -tu8 -N8 "$1")))" "$1"
}
train() { # train STEPS OPTION...: 0 with finite weights, or 1 without any
    local status=0 steps=$1
    shift
    rm -f last checkpoint
    "$program" train resnet18 -w 0.125 --input 32 --data folder --root images --threads 1 --epochs "$steps" --batch 16 \
        --warmup-epochs 0 --schedule constant --save last --checkpoint checkpoint "$@" >stdout 2>stderr || status=$?
    for file in last checkpoint; do
        [ ! -e $file ] || ! values $file | grep -qiE 'nan|inf' || fail "$file of $steps steps is not finite"
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
