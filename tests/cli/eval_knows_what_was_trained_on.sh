# A folder without splits is evaluated whole, the output says how much of it was, and weights remember which images they
# were trained on: eval and predict say so.
. "$(dirname "$0")/common.bash"
files=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)
net="mobilenet_v2 -w 0.25 --input 32"
for class in owl wren; do
    mkdir -p birds/$class
    for ((i = 0; i < 20; i++)); do
        cp "$files/colour.png" birds/$class/$i.png
        echo $class $i >>birds/$class/$i.png # behind the image: no two files are alike
    done
done

# key NAME: of the one object that was printed.
key() {
    grep -oE "\"$1\":[^,}]*" stdout | sed -n 1p | sed 's/[^:]*://'
}

expect 0 train $net --data folder --root birds --epochs 1 --batch 8 --quiet --save w.safetensors
[ ! -s stderr ] || fail "--quiet is not"
expect 0 train $net --data folder --root birds --epochs 1 --batch 8 --save w.safetensors
grep -q '^32 images of folder for training, 8 for testing: held out of all 40, a fifth of each class' stderr ||
    fail "training does not say what it holds out"
for text in '"scalestudy.trained.set":"folder birds"' '"scalestudy.trained.split":"train"' \
    '"scalestudy.trained.images":"32"' '"scalestudy.trained.held_out":"8"'; do
    head -c 65536 w.safetensors | found -aF "$text" || fail "the weights lack $text"
done

weights="--data folder --weights w.safetensors --quiet"
expect 0 eval $net $weights --root birds --format json
[ "$(key images) $(key set_images) $(key split) $(key trained_on)" = '40 40 "all" 32' ] || fail "$(cat stdout)"
said "warning: the network was trained on 32 of these 40 images"
said "training images of folder birds"
[ "$(key trained_set)" = '"folder birds"' ] || fail "$(cat stdout)"
expect 0 eval $net $weights --root birds --format csv
head -1 stdout | tr -d '\r' | found ',split,set_images,trained_on$' || fail "no columns: $(cat stdout)"
sed -n 2p stdout | tr -d '\r' | found '^40,.*,all,40,32$' || fail "$(cat stdout)"
expect 0 eval $net $weights --root birds
grep -qE ' all +40 +32$' stdout || fail "$(cat stdout)"
expect 0 eval $net $weights --root birds --format json --split test
[ "$(key images) $(key set_images) $(key split) $(key trained_on)" = '8 40 "test" 0' ] || fail "$(cat stdout)"
[ ! -s stderr ] || fail "a warning of images that were held out"
expect 0 eval $net $weights --root birds --format json --test-images 4
[ "$(key images) $(key set_images) $(key split)" = '4 40 "test"' ] || fail "$(cat stdout)"

# In another place, in folders of splits, and from a packed set.
mkdir new
cp -r birds new/train
cp -r birds new/test
expect 0 eval $net $weights --root new --format json
[ "$(key images) $(key split) $(key trained_on)" = '40 "test" 32' ] || fail "$(cat stdout)"
expect 0 data pack folder --root birds -o birds.pack --quiet
expect 0 eval $net $weights --packed birds.pack --format json
[ "$(key images) $(key split) $(key trained_on)" = '40 "all" 32' ] || fail "$(cat stdout)"

# Images that are named one by one.
expect 0 predict $net --weights w.safetensors --format json --top 1 birds/owl
[ "$(grep -c '"trained_on":true' stdout) $(grep -c '"trained_on":false' stdout)" = "16 4" ] || fail "$(cat stdout)"
said "the network was trained on 16 of these 20 images"

# Weights that go on from others keep what those were trained on; those of nobody say nothing.
expect 0 train $net --data shapes --classes 2 --data-classes 2 --train-images 16 --test-images 8 --epochs 1 \
    --batch 8 --quiet --weights w.safetensors --save more.safetensors
expect 0 eval $net --data folder --root birds --weights more.safetensors --quiet --format json
[ "$(key trained_on)" = 32 ] || fail "fine-tuning forgets: $(cat stdout)"
expect 0 eval $net --data shapes --data-classes 2 --train-images 16 --test-images 8 --weights more.safetensors --quiet \
    --format json --split train
[ "$(key trained_on)" = "$(key images)" ] || fail "images without files are not known: $(cat stdout)"
