# A pipe in place of an input file is refused at once, by name: nothing waits for a writer.
. "$(dirname "$0")/common.bash"
files=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)
program_itself=$program
program() { timeout -k 1 60 "$program_itself" "$@"; }
program=program
mkfifo pipe
mkdir -p set/train/a set/test/a set/train/b set/test/b
for place in train/a train/b test/a test/b; do
    cp "$files/colour.png" "set/$place/"
done
study tiny.yaml 1 '[0]'

expect 2 study check pipe
said "pipe is a pipe; an ordinary file is needed"
{ echo "include: pipe"; cat tiny.yaml; } >includes.yaml
expect 2 study check includes.yaml
said "pipe is a pipe"
expect 2 submit tiny.yaml --dry-run --cluster ./pipe
said "pipe is a pipe"
expect 2 eval mobilenet_v2 --data shapes --weights pipe
said "pipe is a pipe"
expect 2 predict mobilenet_v2 --weights pipe pipe
said "pipe is a pipe"
expect 2 train mobilenet_v2 -w 0.25 --input 32 --data shapes --epochs 1 --weights pipe
said "pipe is a pipe"
expect 2 data info manifest --root pipe
said "pipe"
expect 2 data info folder --root set --class-map pipe
said "pipe is a pipe"
expect 2 data info shapes --packed pipe
said "pipe is a pipe"
expect 2 status --db pipe
said "pipe is a pipe"
expect 2 run tiny.yaml --db pipe
said "pipe is a pipe"
expect 2 data fetch cifar10 --from pipe --root fetched
said "pipe"

# An image: a pipe, and a device of our own where one may be made.
network=(mobilenet_v2 -w 0.25 --input 32)
expect 0 train "${network[@]}" --data folder --root set --epochs 1 --batch 2 --quiet --save w.safetensors
expect 2 predict "${network[@]}" --classes 2 --weights w.safetensors pipe
said "pipe is a pipe"
printf 'path,class,split\n../pipe,a,train\ntrain/a/colour.png,b,train\ntest/a/colour.png,a,test\n' >set/manifest.csv
expect 2 train "${network[@]}" --data manifest --root set --epochs 1 --batch 2
said "pipe is a pipe"
if mknod odd.png c 1 5 2>/dev/null; then
    expect 2 predict "${network[@]}" --classes 2 --weights w.safetensors odd.png
    said "odd.png is a device"
fi
[ -p pipe ] || fail "the pipe was replaced"
