# Every number of a recipe and of data is an option of train under its name, and out of a study's range it is refused
# there too.
. "$(dirname "$0")/common.bash"
expect 0 study keys --format csv
grep -E '^(recipe|data)\.' stdout >keys
n=0
while IFS= read -r row; do
    path=${row%%,*}
    key=${path##*.}
    range=$(grep -oE '(from [^ ]+ to|above [^ ]+, up to) [0-9.e+-]+' <<<"$row" || true)
    [ -n "$range" ] || continue
    most=${range##* } option=${key//_/-} data=
    [ $path != data.classes ] || option=data-classes
    for value in "${most}1" "-${most}1"; do
        expect 2 train resnet18 --data shapes --"$option" "$value"
        grep -qE -- "^scalestudy: (--$option|$key)\b" stderr || fail "train --$option $value does not name it"
    done
    case $path in
    data.*) text= data=", $key: ${most}1" ;;
    *.optimizer.*) text="optimizer: {$key: ${most}1}" ;;
    *.schedule.*) text="schedule: {$key: ${most}1}" ;;
    *) text="$key: ${most}1" ;;
    esac
    cat >bad.yaml <<END
{name: t, seeds: [0], recipe: {$text}, data: {name: shapes$data}, models: [{base: resnet18, scalings: [{method: baseline}]}]}
END
    expect 2 study check --no-data bad.yaml
    said "bad.yaml:1:"
    said "$key"
    n=$((n + 1))
done <keys
[ $n -ge 45 ] || fail "only $n numbers were tried"
# Every other key of a recipe is an option too; `name` of an optimizer or a schedule is called by what it is.
expect 0 train --help
while IFS=, read -r path _; do
    option=${path#recipe.}
    case $option in
    optimizer | schedule) continue ;;
    *.name) option=${option%.name} ;;
    esac
    option=${option##*.}
    grep -qE -- "^ +--${option//_/-} ?" stdout || fail "train has no option for $path"
done < <(grep '^recipe\.' keys)
# What train takes and no study has.
expect 2 train resnet18 --data shapes --steps 0
said "--steps"
expect 2 train resnet18 --data shapes --checkpoint-seconds 5
said "--checkpoint"
for option in bn-eps input classes; do
    expect 2 train resnet18 --data shapes --$option 0
    said "--$option"
done
expect 0 train resnet18 -w 0.125 --input 32 --data shapes --train-images 64 --test-images 8 --batch 32 --epochs 2 --momentum 0
