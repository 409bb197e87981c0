# cam: maps whose mean and bias are predict's logit, in every form; a picture; what is wrong is said.
. "$(dirname "$0")/common.bash"
images=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)
net="mobilenet_v2 -w 0.25 --input 64"

expect 0 train $net --data shapes --train-images 64 --test-images 32 --batch 32 --epochs 1 --quiet --save w.safetensors
mkdir -p new/below
cp "$images/colour.png" new/b.PNG
cp "$images/grey.jpg" new/a.jpeg
cp "$images/palette.png" new/below/c.png

# The same images, classes and scores as predict; and the mean of a map with the bias is the logit.
expect 0 predict $net --weights w.safetensors --data shapes --top 3 --format csv new
cut -d, -f 1,3-6 stdout | tail -n +2 | awk -F, '{ printf "%s,%s,%s,%.4f,%.4f\n", $1, $2, $3, $4, $5 }' >predicted
expect 0 cam $net --weights w.safetensors --data shapes --top 3 --format csv new
cp stdout all.csv
[ "$(head -1 all.csv)" = file,class,name,logit,probability,x,y,value ] || fail "the heading is $(head -1 all.csv)"
tail -n +2 all.csv | awk -F, '{ printf "%s,%s,%s,%.4f,%.4f\n", $1, $2, $3, $4, $5 }' | diff - predicted >&2 ||
    fail "cam and predict see something else"
expect 0 cam $net --weights w.safetensors --data shapes --top 3 --format json new
[ "$(wc -l <stdout)" = 9 ] || fail "three maps of three images are $(wc -l <stdout) lines"
tr -d '"{}[]' <stdout | sed 's/:/,/g' | awk -F, '
    { n = sum = 0; for (i = 1; i <= NF; i++) { if ($i == "logit") logit = $(i + 1); if ($i == "bias") bias = $(i + 1)
        if ($i == "height") h = $(i + 1); if ($i == "width") w = $(i + 1)
        if ($i == "map") for (j = i + 1; j <= NF; j++) { n++; sum += $j } }
      if (n != h * w || n != 4) { print "a map of " n " values, not " h " x " w; exit 1 }
      d = sum / n + bias - logit; if (d > 1e-3 || d < -1e-3) { print "mean and bias differ from the logit by " d; exit 1 } }' >&2 ||
    fail "a map is not what its logit is made of"

# One class, by name or number.
name=$(awk -F, 'NR == 2 { print $3 }' all.csv)
number=$(awk -F, 'NR == 2 { print $2 }' all.csv)
expect 0 cam $net --weights w.safetensors --data shapes --class "$name" --format csv new
cp stdout by_name
expect 0 cam $net --weights w.safetensors --data shapes --class "$number" --format csv new
cmp -s stdout by_name || fail "a class by its number is another than by its name"
[ "$(awk -F, 'NR > 1 { print $2 }' stdout | uniq)" = "$number" ] || fail "--class gives other classes"
expect 2 cam $net --weights w.safetensors --data shapes --class unicorn new
said "--class unicorn is neither the name of a class nor a number from 0 to"
expect 2 cam $net --weights w.safetensors --class 3 --top 2 new
said "give one of them"
expect 2 cam $net --weights w.safetensors --top 0 new
said "--top is 0"

# The table says where, within the image that the network was given.
expect 0 cam $net --weights w.safetensors new
awk 'NR > 1 && ($(NF - 2) % 32 != 16 || $(NF - 1) % 32 != 16) { exit 1 }' stdout || fail "places are off: $(cat stdout)"

# What is no image is told, the others go on. Wrong weights, wrong endings.
echo no image >bad.jpg
expect 2 cam $net --weights w.safetensors --format csv new/b.PNG bad.jpg new/a.jpeg
said "bad.jpg"
[ "$(wc -l <stdout)" = 3 ] || fail "the images beside a bad one were not looked at"
expect 2 cam $net --weights w.safetensors bad.jpg
[ "$(wc -l <stderr)" = 1 ] || fail "one bad file needs more than one line"
expect 2 cam $net new/b.PNG
said "--weights"
expect 2 cam mobilenet_v2 --weights w.safetensors new/b.PNG
said "of another shape"
expect 2 cam $net --weights w.safetensors -o maps.jpg new
said ".png, .svg or .pdf"
mapfile -t many < <(yes new/b.PNG | head -n 61)
expect 2 cam $net --weights w.safetensors -o maps.png "${many[@]}"
said "at most 60"

# The picture: as high and wide as its tiles, and not the same for another class.
command -v gnuplot >/dev/null || { echo "needs gnuplot"; exit 77; }
expect 0 cam $net --weights w.safetensors --data shapes --top 2 -o maps.png new
[ "$(od -An -tu1 -j 1 -N 3 maps.png)" = "  80  78  71" ] || fail "maps.png is no PNG"
expect 0 cam $net --weights w.safetensors --data shapes --class 1 -o one.svg new/a.jpeg
expect 0 cam $net --weights w.safetensors --data shapes --class 2 -o two.svg new/a.jpeg
cmp -s one.dat two.dat && fail "two classes have one picture"
grep -q "a.jpeg" one.svg || fail "no name of the file in the picture"
expect 2 cam $net --weights w.safetensors -o nowhere/maps.png new
said "nowhere"
