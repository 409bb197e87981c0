# What a folder or manifest has besides the images that are taken is counted, and said once, by every command that
# reads it: data info, train, run, eval, predict.
. "$(dirname "$0")/common.bash"
image=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)/colour.png
net="mobilenet_v2 -w 0.25 --input 32"
for split in train test; do
    for class in owl wren; do
        mkdir -p birds/$split/$class/deeper
        cp "$image" birds/$split/$class/1.png
        cp "$image" birds/$split/$class/deeper/2.png
    done
done

# once WORDS: standard error has them in one line.
once() {
    [ "$(grep -cF -- "$1" stderr)" = 1 ] || fail "not said once: $1"
}

expect 0 data info folder --root birds --format csv
grep -q '^1,wren,2,2' stdout || fail "images in deeper folders are not taken: $(cat stdout)"
grep -q 'left out' stderr && fail "something is left out of images alone"
once "4 images of folder for training, 4 for testing: its split test"

touch birds/train/owl/{3,4}.webp birds/train/owl/notes.txt
ln -s nowhere.jpg birds/test/wren/gone.jpg
ln -s .. birds/train/wren/up
mkdir -p birds/val/owl
cp "$image" birds/val/owl/9.png
what="left out: 3 files are no JPEG or PNG by their ending (2 .webp, 1 .txt; such as train/owl/"
for how in "" --pixels "-o page.html --input 16"; do
    # shellcheck disable=SC2086
    expect 0 data info folder --root birds $how
    once "$what"
done
said "1 link leads nowhere (test/wren/gone.jpg)"
said "1 link leads back to a folder that is listed already (train/wren/up)"
said "1 image is in a split that is not used (val/owl/9.png)"
expect 0 data pack folder --root birds -o birds.pack
once "$what"
expect 0 train $net --data folder --root birds --epochs 1 --batch 4 --save w.safetensors
once "$what"
once "4 images of folder for training, 4 for testing"
expect 0 eval $net --data folder --root birds --weights w.safetensors
once "$what"
expect 0 predict $net --weights w.safetensors birds/train
said "left out: 3 files are no JPEG or PNG by their ending"
said "1 link leads back"

study some.yaml 1 '[0]'
sed -i 's/^data: .*/data: {name: folder, root: birds}/; s/batch: 32/batch: 4/' some.yaml
expect 0 plan some.yaml
once "$what"
expect 0 run some.yaml --workers 1
once "$what"
once "4 images of folder for training, 4 for testing: its split test"

# The rule is the same for a manifest.
{
    echo path,class,split
    for split in train val test; do
        echo birds/train/owl/1.png,owl,$split
    done
} >list.csv
expect 2 data info manifest --root list.csv
said "lists the image birds/train/owl/1.png twice"
sed -i '3s/1.png/deeper\/2.png/; 4s/train/test/' list.csv
expect 0 data info manifest --root list.csv --format csv
grep -q '^0,owl,1,1' stdout || fail "val is taken for test: $(cat stdout)"
once "1 image is in a split that is not used (birds/train/owl/deeper/2.png)"
