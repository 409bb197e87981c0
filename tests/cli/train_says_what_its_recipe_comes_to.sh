# What a recipe comes to without saying so is said: images that every epoch leaves out, a training that is all warm-up.
. "$(dirname "$0")/common.bash"
tiny() {
    expect 0 train resnet18 -w 0.125 --input 32 --data shapes --test-images 16 --threads 1 "$@"
}
spoke() {
    grep -qF -- "$1" stderr || fail "nobody said: $1"
}
tiny --train-images 200 --epochs 1
spoke "every epoch leaves out 72 of the 200 training images, which do not fill a batch of 128; each time others"
spoke "all of the training is warm-up (epochs 1, warmup_epochs 1): the learning rate rises from 0 to 0.1"
tiny --train-images 40 --batch 32 --epochs 2 --no-shuffle
spoke "every epoch leaves out 8 of the 40 training images, which do not fill a batch of 32: the last ones"
tiny --train-images 40 --batch 64 --epochs 2
spoke "a step has all 40 training images, fewer than the batch of 64"
tiny --train-images 64 --batch 32 --epochs 2 --warmup-epochs 0.5
! grep -qE "leaves out|warm-up|fewer" stderr || fail "there is something to say of a recipe that does what it says"
tiny --train-images 200 --epochs 1 --quiet
[ ! -s stderr ] || fail "--quiet is not"
