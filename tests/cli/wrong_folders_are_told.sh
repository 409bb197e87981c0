# Whoever names a set that is not there, a folder of something else, or one with nothing in it, reads what is wrong
# and what would be right, whichever command it was.
. "$(dirname "$0")/common.bash"
image=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)/colour.png
mkdir -p birds/train/{owl,wren} birds/test/{owl,wren} empty

expect 2 data info cifar10
said "cifar10 is not there yet"
said '`scalestudy data fetch cifar10` gets it'
expect 2 data info imagenet
said "its publisher gives it to those who agree"
said "--from DIR"
grep -q 'gets it' stderr && fail "imagenet cannot be fetched, and is said to be"
expect 2 data verify cars
said "its publisher has taken it off the web: say where it is"
expect 2 data info folder
said "needs the folder of its images"
expect 2 data info folder --root nowhere
said "nowhere does not exist"
expect 2 data info folder --root "$image"
said "colour.png is not a folder"
expect 2 data info folder --root empty
said "empty"
expect 2 data info folder --root birds
said "birds/train/owl has no images"

# A study without images to test on would measure nothing.
cp "$image" one.png
cp "$image" two.png
printf 'path,class,split\none.png,owl,train\ntwo.png,wren,train\n' >list.csv
study untested.yaml 1 '[0]'
sed -i 's/^data: .*/data: {name: manifest, root: list.csv}/' untested.yaml
expect 2 run untested.yaml
said "manifest has no images to test on"
said "minival: 0.1"
for class in train/owl train/wren test/owl; do cp "$image" birds/$class/1.png; done
rmdir birds/test/wren
for command in "data info" "data pack -o birds.pack" "data speed" "data verify" "train resnet18 --data"; do
    # shellcheck disable=SC2086
    expect 2 $command folder --root birds
    said "the class wren is in birds/train but not in birds/test"
done
mkdir birds/test/wren
cp "$image" birds/test/wren/1.png
expect 0 data info folder --root birds

for set in mnist fashion_mnist cifar100 tiny_imagenet flowers102 pets food101 aircraft; do
    expect 2 data info $set --root birds
    said "birds has no file "
    said "so it is not $set"
done
expect 2 data info imagenet --root birds
said 'the name for any folder of images is `folder`'

expect 2 data info manifest --root birds
said "the root of a manifest is a CSV file with the columns path, class and split"
echo path,class,split >none.csv
expect 2 data info manifest --root none.csv
said "none.csv names no images"

# Sets that are smaller than what is asked of them.
expect 2 data info folder --root birds --data-classes 3
said "3 classes are wanted, and folder has 2"
expect 2 data info folder --root birds --minival 5
said "it must leave some on both sides"
