# Every augmentation of train changes training, is a key of studies, and is refused with a sentence when it is wrong.
. "$(dirname "$0")/common.bash"
train() { # train OPTION...
    expect 0 train resnet18 -w 0.125 --input 16 --stem-stride 1 --no-stem-pool --data shapes --train-images 64 \
        --test-images 16 --epochs 1 --steps 2 --batch 32 --threads 1 --log-steps --format json "$@"
    grep -oE '"loss": *[0-9.]+' stdout | sed -n 1,2p
}
train >plain
for option in "auto-augment imagenet" "auto-augment cifar10" "rand-augment 9" "color-jitter 0.4" "random-erasing 1" \
    "mixup 0.2" "cutmix 1" "jitter-hue 0.3" "cutout 8" "augment random_crop --crop-padding 7" \
    "augment random_resized_crop --crop-scale-min 0.5"; do
    # shellcheck disable=SC2086
    train --$option >once
    # shellcheck disable=SC2086
    train --$option --loader-threads 3 >again
    cmp -s once again || fail "--$option: other losses with other threads"
    cmp -s plain once && fail "--$option changes nothing"
done
# Images are mixed over the whole batch, however few of them are in memory at a time.
train --micro-batch 1 >once
for option in "mixup 1" "cutmix 1"; do
    # shellcheck disable=SC2086
    train --micro-batch 1 --$option >again
    cmp -s once again && fail "--$option changes nothing with --micro-batch 1"
done
expect 2 train resnet18 --data shapes --batch 1 --mixup 0.2
said "mixes an image with another of its batch"
expect 2 train resnet18 --data shapes --rand-augment 9 --auto-augment imagenet
said "choose one"
expect 2 train resnet18 --data shapes --rand-augment 31
said "rand_augment"
expect 2 train resnet18 --data shapes --auto-augment svhn
said "imagenet, cifar10"
# Where 0 inside means "not given", a given 0 would silently be something else.
for option in crop-padding flip-probability crop-scale-min crop-ratio-max erasing-scale-min jitter-hue; do
    augment=(--augment random_crop,random_resized_crop,horizontal_flip --random-erasing 0.5 --"$option" 0)
    if [ $option = jitter-hue ]; then
        train "${augment[@]}" >/dev/null # where 0 is the default, it is 0
    else
        expect 2 train resnet18 --data shapes "${augment[@]}"
        said "--$option is 0; it must be above 0"
    fi
done
# Every key of a recipe is an option of train.
expect 2 train resnet18 --data shapes --erasing-scale-min 0.1
said "there is no random_erasing for it"
expect 0 train --help
cp stdout help
expect 0 plan --keys
for key in $(grep -oE '^recipe\.(crop|flip|jitter|erasing|cutout)[a-z_]*' stdout); do
    option=${key#recipe.}
    grep -q -- "--${option//_/-}" help || fail "$key is no option of train"
done
for key in auto_augment rand_augment rand_augment_layers color_jitter random_erasing mixup cutmix crop_scale_min; do
    grep -q "^recipe.$key " stdout || fail "plan --keys has no $key"
done
