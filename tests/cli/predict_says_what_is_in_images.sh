# predict: class scores of files and folders under given weights, with names; what is no image is told, and the others go on.
. "$(dirname "$0")/common.bash"
images=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)
net="mobilenet_v2 -w 0.25 --input 32"

expect 0 train $net --data shapes --train-images 64 --test-images 32 --batch 32 --epochs 1 --quiet --save w.safetensors
mkdir -p new/below
cp "$images/colour.png" new/b.PNG
cp "$images/grey.jpg" new/a.jpeg
cp "$images/palette.png" new/below/c.png
echo text >new/below/readme.txt

# All classes: probabilities add up to 1, logits fall, JSON and CSV say the same.
expect 0 predict $net --weights w.safetensors --top 1000 --format json new "$images/alpha.png"
cp stdout all.json
[ "$(wc -l <all.json)" = 4 ] || fail "4 images gave $(wc -l <all.json) lines"
grep -oE '"file":"[^"]*"' all.json | sed 's/.*:"//; s/"$//' >files
printf '%s\n' new/a.jpeg new/b.PNG new/below/c.png "$images/alpha.png" | cmp -s - files || fail "the order is $(cat files)"
expect 0 predict $net --weights w.safetensors --top 1000 --format csv new "$images/alpha.png"
cp stdout all.csv
[ "$(head -1 all.csv)" = file,rank,class,name,logit,probability ] || fail "the heading is $(head -1 all.csv)"
awk -F, 'NR > 1 { if ($2 > 1 && $5 > last) exit 1; last = $5; n[$1]++; sum[$1] += $6 }
    END { for (f in n) { files++; if (sum[f] < 0.9999 || sum[f] > 1.0001 || n[f] != n["new/a.jpeg"]) exit 1 }
        exit files != 4 || n["new/a.jpeg"] < 2 }' all.csv || fail "scores of all classes are not a distribution"
grep -q '"name":null' all.json || fail "classes that nobody named have a name"

# Names: of a dataset, of a class map, of the folders in --root.
expect 0 predict $net --weights w.safetensors --data shapes --top 1 --format json new/b.PNG
grep -qE '"name":"[a-z]+-[a-z]+"' stdout || fail "no name of a shape: $(cat stdout)"
expect 0 predict $net --weights w.safetensors --data shapes --top 1 new/b.PNG
grep -qE '^new/b.PNG +1 +[0-9]+ +[a-z]+-[a-z]+ ' stdout || fail "no table: $(cat stdout)"
classes=$(awk -F, '$1 == "new/a.jpeg"' all.csv | wc -l)
for ((i = 0; i < classes; i++)); do printf 'kind %s\t%s\n' $i $i; done >map
expect 0 predict $net --weights w.safetensors --class-map map --top 2 --format csv new/b.PNG
awk -F, 'NR > 1 && $4 != "kind " $3 { exit 1 }' stdout || fail "names are not those of the map"
printf 'n01440764\t0\n' >map
expect 0 predict $net --weights w.safetensors --class-map map --top 1000 --format csv new/b.PNG
grep -q ',0,tench,' stdout || fail "an id of ImageNet's has not ImageNet's name"
printf 'one too many\t%s\n' "$classes" >map
expect 2 predict $net --weights w.safetensors --class-map map new/b.PNG
said "map:1: one too many"
expect 2 predict $net --weights w.safetensors --data folder new/b.PNG
said "root"

# ImageNet's 1000 names come with the program.
expect 0 train $net --data shapes --classes 1000 --train-images 32 --test-images 1 --batch 32 --epochs 1 --quiet \
    --save thousand.safetensors || fail "a network with more outputs than classes"
expect 0 predict $net --weights thousand.safetensors --top 1000 --format csv new/b.PNG
grep -q ',0,tench,' stdout && grep -q ',999,toilet tissue,' stdout || fail "ImageNet's names are missing"

# What is no image.
echo no image >bad.jpg
expect 2 predict $net --weights w.safetensors --top 1 --format json new/b.PNG bad.jpg no-such.png new/a.jpeg
said "bad.jpg: the file is neither a JPEG nor a PNG"
said "no-such.png"
said "2 of 4 files could not be read as images"
[ "$(wc -l <stdout)" = 2 ] || fail "the images beside a bad one were not scored"
expect 2 predict $net --weights w.safetensors bad.jpg
[ "$(wc -l <stderr)" = 1 ] || fail "one bad file needs more than one line"
mkdir empty
expect 2 predict $net --weights w.safetensors empty
said "the folder empty has no images"

# Wrong weights and options.
expect 2 predict resnet18 --weights w.safetensors new/b.PNG
said "fc.weight"
expect 2 predict mobilenet_v2 --weights w.safetensors new/b.PNG
said "of another shape (features.0.0.weight is [8, 3, 3, 3] not [32, 3, 3, 3]"
expect 2 predict $net --weights no-such.safetensors new/b.PNG
said "no-such.safetensors"
expect 2 predict $net new/b.PNG
said "--weights"
expect 2 predict $net --weights w.safetensors
expect 2 predict $net --weights w.safetensors --top 0 new/b.PNG
said "--top"
expect 2 predict $net --weights w.safetensors --bn-eps -1 new/b.PNG
said "--bn-eps"

# Interrupted: what is done is printed.
mapfile -t many < <(yes new/b.PNG | head -n 20000)
"$program" predict $net --weights w.safetensors --batch 1 --top 1 --format json "${many[@]}" >some 2>stderr &
pid=$!
wait_until "the first scores" test -s some
kill -INT $pid
status=0
wait $pid || status=$?
[ $status = 130 ] || fail "an interrupted prediction ended with $status"
tail -n 1 some | found '}]}$' && [ "$(wc -l <some)" -lt 20000 ] || fail "the last line is cut: $(tail -n 1 some)"
said "interrupted after $(wc -l <some) of 20000 images"
