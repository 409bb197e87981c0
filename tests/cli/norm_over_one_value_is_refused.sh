# Batch norm that would see one value a channel is refused with its layer's name, before training, wherever it is known.
. "$(dirname "$0")/common.bash"
refused() { # refused WHY OPTION...
    local why=$1
    shift
    expect 2 train resnet18 -w 0.125 --data shapes --test-images 16 --epochs 1 --threads 1 "$@"
    said "batch norm layer4.0.bn1 has one value a channel"
    said "$why"
    [ ! -s stdout ] || fail "it was trained"
}
refused "batch is 1" --input 32 --train-images 64 --batch 1
refused "micro_batch is 1" --input 32 --train-images 64 --batch 32 --micro-batch 1
refused "there is one image to train on" --input 32 --train-images 1 --batch 8
refused "the last piece of a step is one image: there are 17, and micro_batch is 8" --input 32 --train-images 17 \
    --batch 32 --micro-batch 8
# A larger map, or two images, are enough; whole steps leave none over, and that is said.
tiny() {
    expect 0 train resnet18 -w 0.125 --data shapes --test-images 16 --epochs 2 --threads 1 "$@"
}
tiny --input 64 --train-images 4 --batch 1
tiny --input 32 --train-images 4 --batch 4 --micro-batch 2
tiny --input 32 --train-images 17 --batch 8
grep -qF "every epoch leaves out 1 of the 17 training images" stderr || fail "one image is left out without a word"
# A study is refused at the scaling that makes it so, without its data too.
study good.yaml 2 '[0]'
for piece in "batch: 1" "batch: 32, micro_batch: 1"; do
    sed "s/^  batch: 32/  ${piece/, /\\n  }/" good.yaml >bad.yaml
    for command in "study check --no-data" "study check" plan run; do
        # shellcheck disable=SC2086
        expect 2 $command bad.yaml
        said "bad.yaml"
        said "batch norm features"
    done
done
# What only the number of images shows is refused where they are looked at.
sed 's/train_images: 256/train_images: 17/; s/^  batch: 32/  batch: 32\n  micro_batch: 8/' good.yaml >bad.yaml
expect 0 study check --no-data bad.yaml
for command in "study check" plan run; do
    # shellcheck disable=SC2086
    expect 2 $command bad.yaml
    said "bad.yaml:1"
    said "the last piece of a step is one image: there are 17, and micro_batch is 8"
done
[ ! -e bad.db ] || fail "a refused study left a database"
