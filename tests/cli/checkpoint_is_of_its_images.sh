# A checkpoint is resumed with the same images, wherever they lie by then, and never with different ones.
. "$(dirname "$0")/common.bash"
files=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)
for class in owl wren; do
    mkdir -p birds/{train,test}/$class
    for i in 1 2 3 4; do cp "$files/colour.png" birds/train/$class/$i.png; done
    cp "$files/grey.png" birds/test/$class/1.png
done
train() { # train STATUS ROOT EPOCHS: as the two commands of one training
    expect "$1" train mobilenet_v2 -w 0.25 --input 32 --data folder --root "$2" --epochs 2 --batch 2 --threads 1 \
        --checkpoint c.safetensors --format csv --quiet "${@:3}"
}
train 0 birds
cp stdout whole
rm c.safetensors
train 0 birds --steps 5
mv birds moved
train 0 moved
grep -v '^epoch' stdout | cut -d, -f1-6 | tail -2 >rest
grep -v '^epoch' whole | cut -d, -f1-6 | tail -2 | cmp - rest || fail "it went on to other numbers elsewhere"

rm c.safetensors
train 0 moved --steps 5
cp "$files/grey.png" moved/train/owl/2.png
train 2 moved
said "is the checkpoint of another job"
