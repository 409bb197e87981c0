# Every key of `data` means the same in a study's job as in `train`: for a folder, a drawn set, records and a manifest.
. "$(dirname "$0")/common.bash"
files=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)
mkdir study
cd study

# 36 images of three classes, as a folder and as a manifest; 60 records as MNIST has them.
n=0
printf 'path,class,split\n' >list.csv
for class in ant bee cow; do
    mkdir -p photos/{train,test}/$class
    for file in colour.png odd_420.jpg grey.png palette.png odd_422.jpg odd_rgb_transparent.png; do
        n=$((n + 1))
        cp "$files/$file" "photos/train/$class/$n$file"
        cp "$files/$file" "photos/test/$class/$n$file"
        printf 'photos/%s/%s,%s,%s\n' train "$class/$n$file" $class train test "$class/$n$file" $class test >>list.csv
    done
done
printf 'ant\t2\nbee\t0\ncow\t1\n' >map.tsv
mkdir digits
seq 10000 >grey
# header KIND COUNT: of an idx file of fewer than 256 images
header() {
    printf "\\0\\0\\x8\\x$1\\0\\0\\0\\x$(printf %x "$2")"
}
for split in train:40 t10k:20; do
    count=${split#*:}
    { header 3 "$count" && printf '\0\0\0\x1c\0\0\0\x1c' && head -c $((784 * count)) grey; } \
        >digits/${split%:*}-images-idx3-ubyte
    { header 1 "$count" && for i in $(seq "$count"); do printf "\\x$((i % 5))"; done; } \
        >digits/${split%:*}-labels-idx1-ubyte
done
cd ..

# same SET 'KEY: VALUE, ...' OPTION...: a study with these keys gives what `train` gives with these options.
covered=
same() {
    local set=$1 keys=$2 key
    shift 2
    study study/s.yaml 1 '[0]'
    sed -i "s|^data: .*|data: {$set, $keys}|; s/batch: 32/batch: 4/; /method: width/d" study/s.yaml
    rm -rf s.db*
    expect 0 run study/s.yaml --threads 1 --quiet
    job=$(column s.db loss)
    [ -n "$job" ] || fail "$set, $keys: no loss"
    cd study
    expect 0 train mobilenet_v2 -w 0.25 --input 32 --epochs 1 --batch 4 --lr 0.05 --augment horizontal_flip --threads 1 \
        --format csv --quiet "$@"
    train=$(awk -F, '$2 == "test" { print $3 }' stdout)
    cd ..
    awk -v a="$job" -v b="$train" 'BEGIN { exit !(a > 0 && a - b < 1e-6 && b - a < 1e-6) }' ||
        fail "$set, $keys: the job's loss is $job, that of train $*: $train"
    for key in $(grep -oE '[a-z_]+:' <<<"$set, $keys"); do
        covered="$covered data.${key%:}"
    done
}
every() { # every SET OPTION...: what all sets take
    local set=$1
    shift
    same "$set" 'classes: 2, train_images: 96, test_images: 48' \
        --data-classes 2 --train-images 96 --test-images 48 "$@"
    same "$set" 'train_images: 96, classes: 2, minival: 3, fraction: 0.5, split_seed: 3, crop_ratio: 0.5, resize: bicubic' \
        --train-images 96 --data-classes 2 --minival 3 --fraction 0.5 --split-seed 3 --crop-ratio 0.5 --resize bicubic "$@"
    same "$set" 'train_images: 11, test_images: 7, mean: [0.1, 0.2, 0.3], std: 0.4, scaled_decode: true, loader_threads: 2' \
        --train-images 11 --test-images 7 --mean 0.1,0.2,0.3 --std 0.4 --scaled-decode --loader-threads 2 "$@"
}
every 'name: folder, root: photos' --data folder --root photos
every 'name: manifest, root: list.csv' --data manifest --root list.csv
every 'name: mnist, root: digits' --data mnist --root digits
for set in folder:photos manifest:list.csv; do
    same "name: ${set%:*}, root: ${set#*:}" "class_map: map.tsv, match: '*.png'" \
        --data ${set%:*} --root ${set#*:} --class-map map.tsv --match '*.png'
done
every 'name: shapes' --data shapes
expect 0 data pack folder --root study/photos -o study/p.pack --quiet
every 'name: folder, packed: p.pack' --data folder --packed p.pack
expect 0 study keys --format csv
for key in $(grep -oE '^data\.[a-z_]+' stdout); do
    [[ " $covered " = *" $key "* ]] || fail "$key is a key of data that no job here was given"
done
