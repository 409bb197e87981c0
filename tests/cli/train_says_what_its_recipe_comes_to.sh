# Consequences of a recipe that are easy to overlook are said: images that an epoch leaves out, a warm-up of all or none,
# stairs that are never reached, branches to drop that are not there.
. "$(dirname "$0")/common.bash"
tiny() {
    expect 0 train resnet18 -w 0.125 --input 32 --data shapes --test-images 16 --threads 1 "$@"
}
spoke() {
    grep -qF -- "$1" stderr || fail "nobody said: $1"
}
tiny --train-images 200 --epochs 1
spoke "every epoch leaves out 72 of the 200 training images, which do not fill a batch of 128; different ones each epoch"
spoke "all of the training is warm-up (epochs 1, warmup_epochs 1): the learning rate rises from 0 to 0.1"
tiny --train-images 40 --batch 32 --epochs 2 --no-shuffle
spoke "every epoch leaves out 8 of the 40 training images, which do not fill a batch of 32: the last ones"
tiny --train-images 40 --batch 64 --epochs 2
spoke "a step has all 40 training images, fewer than the batch of 64"
tiny --train-images 64 --batch 32 --epochs 2 --warmup-epochs 0.2
spoke "there is no warm-up: warmup_epochs is 0.2, less than half a step (an epoch has 2)"
tiny --train-images 64 --batch 32 --epochs 2 --schedule step
spoke "the learning rate never falls: the step schedule lowers it first after 30 epochs, and there are 2"
tiny --train-images 64 --batch 32 --epochs 2 --drop-path 0.1 --schedule step --decay-epochs 1 --warmup-epochs 0.5
! grep -qE "leaves out|warm-up|fewer|falls|drop" stderr || fail "a recipe without surprises has a remark"
expect 0 train mobilenet_v1 -w 0.125 --input 32 --data shapes --train-images 64 --test-images 8 --batch 32 --epochs 2 \
    --threads 1 --drop-path 0.1
spoke "drop_path is 0.1, but mobilenet_v1 has no residual branch to drop"
tiny --train-images 64 --batch 32 --epochs 2 --warmup-epochs 0.5
! grep -qE "leaves out|warm-up|fewer" stderr || fail "a recipe without surprises has a remark"
tiny --train-images 200 --epochs 1 --quiet
[ ! -s stderr ] || fail "--quiet is not"
# A study's plan says it once, whatever the number of its networks.
study s.yaml 1 '[0]'
sed -i 's/train_images: 256/train_images: 250/' s.yaml
for command in "study check" plan run "submit --via hand --dry-run"; do
    # shellcheck disable=SC2086
    expect 0 $command s.yaml
    spoke "every epoch leaves out 26 of the 250 training images, which do not fill a batch of 32; different ones each epoch"
    [ "$(grep -c "all of the training is warm-up" stderr)" = 1 ] || fail "$command does not say once what it comes to"
done
expect 0 study check --no-data s.yaml
spoke "all of the training is warm-up"
! grep -q "leaves out" stderr || fail "nobody has looked at the images"
