# Every number of a recipe is an option of train under its name, and out of a study's range it is refused there too.
. "$(dirname "$0")/common.bash"
expect 0 study keys --format csv
grep -E '^recipe\.' stdout >keys
n=0
while IFS= read -r row; do
    path=${row%%,*}
    key=${path##*.}
    range=$(grep -oE 'number (from|above) .*' <<<"$row" || true)
    [ -n "$range" ] || continue
    most=$(sed -E 's/^number (from [^ ]+ to|above [^ ]+, up to) ([0-9.e+-]+).*/\2/' <<<"$range")
    for value in "${most}1" -1; do
        expect 2 train resnet18 --data shapes --"${key//_/-}" "$value"
        grep -qE -- "^scalestudy: (--${key//_/-}|$key)\b" stderr || fail "train --${key//_/-} $value does not name it"
    done
    case $path in
    *.optimizer.*) text="optimizer: {$key: ${most}1}" ;;
    *.schedule.*) text="schedule: {$key: ${most}1}" ;;
    *) text="$key: ${most}1" ;;
    esac
    printf 'name: t\ndata: {name: shapes}\nseeds: [0]\nrecipe: {%s}\nmodels: [{base: resnet18, scalings: [{method: %s}]}]\n' \
        "$text" baseline >bad.yaml
    expect 2 study check --no-data bad.yaml
    said "bad.yaml:4:"
    n=$((n + 1))
done <keys
[ $n -ge 35 ] || fail "only $n numbers were tried"
# What train takes and no study has.
expect 2 train resnet18 --data shapes --steps 0
said "--steps"
expect 2 train resnet18 --data shapes --checkpoint-seconds 5
said "--checkpoint"
expect 2 train resnet18 --data shapes --bn-eps 0
said "--bn-eps"
expect 0 train resnet18 -w 0.125 --input 32 --data shapes --train-images 64 --test-images 8 --batch 32 --epochs 2 --momentum 0
