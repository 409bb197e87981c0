# How fast images become batches, beside PyTorch's DataLoader with torchvision and Pillow, taking turns.
#
#     bash tests/bench/feed.sh FOLDER [PIXELS]      FOLDER: train/CLASS/*.jpg and val/CLASS/*.jpg
#
# Two threads here, two workers there; random resized crop and flip. PAIRS=5 rounds of SECONDS_EACH=4 each; the last
# line has the medians and their ratios to PyTorch's. PYTHON=/usr/bin/python3 has torchvision; without it only ours is
# timed. PACK=FILE keeps the packed set for the next time.
set -eu -o pipefail
folder=${1:?the folder that holds train and val}
pixels=${2:-224}
here=$(dirname "${BASH_SOURCE[0]}")
program=${SCALESTUDY:-$here/../../build/scalestudy}
python=${PYTHON:-/usr/bin/python3}
seconds=${SECONDS_EACH:-4}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ours() { # ours OPTION...
    "$program" data speed folder --input "$pixels" --augment random_resized_crop,horizontal_flip --loader-threads 2 \
        --seconds "$seconds" --format csv "$@" | tr -d '\r' | awk -F, 'END { print $NF }'
}
theirs() {
    if "$python" -c 'import torchvision' 2>"$work/why"; then
        "$python" "$here/torch_feed.py" "$folder/train" "$seconds" "$pixels"
    else
        echo -
    fi
}
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

pack=${PACK:-$work/pack}
[ -e "$pack" ] || "$program" data pack folder --root "$folder" -o "$pack" --loader-threads 2 --quiet >/dev/null
printf '%-8s %10s %10s %14s %10s\n' round PyTorch JPEG 'scaled decode' packed
for round in $(seq "${PAIRS:-5}"); do
    printf '%-8s %10s %10.0f %14.0f %10.0f\n' "$round" "$(theirs)" "$(ours --root "$folder")" \
        "$(ours --root "$folder" --scaled-decode)" "$(ours --packed "$pack")" | tee -a "$work/rounds"
done
for column in 2 3 4 5; do
    awk -v c=$column '{ print $c }' "$work/rounds" | median
done | paste - - - - | awk '{
    printf "%-8s %10s %10s %14s %10s\n", "median", $1, $2, $3, $4
    if ($1 > 0) printf "%-8s %10s %9.2fx %13.2fx %9.2fx\n", "ratio", "1", $2 / $1, $3 / $1, $4 / $1 }'
