# Does speed keep up as networks grow, and with more threads? Training at 224 pixels, as a share of what the machine
# can do: a study should not pay more per multiply-add for its larger networks.
#
#     bash tests/bench/scaling.sh [MODEL...]     mobilenet_v2 and efficientnet_b0, unless given
#
# BATCH=16 images a step, SECONDS_EACH=3 of timing for each row, MODE=train|infer. One row at a time, least loaded
# machine wanted.
set -eu -o pipefail
program=${SCALESTUDY:-$(dirname "${BASH_SOURCE[0]}")/../../build/scalestudy}
cores=$(nproc)
models=${*:-mobilenet_v2 efficientnet_b0}

# run MODEL THREADS OPTION...: one row, with its scaling first.
run() {
    local model=$1 threads=$2
    shift 2
    "$program" bench "$model" --mode "${MODE:-train}" --batch "${BATCH:-16}" --threads "$threads" \
        --seconds "${SECONDS_EACH:-3}" --format csv "$@" | awk -F, -v what="$*" '
        { sub(/\r$/, "") }
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { printf "%-16s %-7s %6s %7s %9.1f %9.1f %8.3f %9.0f\n", $at["model"], what == "" ? "-" : what, $at["input"],
            $at["threads"], $at["images_per_second"], $at["images_per_second"] * $at["macs"] / 1e9,
            $at["share_of_peak"], $at["peak_bytes"] / 1e6 }'
}

printf '%-16s %-7s %6s %7s %9s %9s %8s %9s\n' model scaled input threads images/s GMAC/s share 'peak MB'
for model in $models; do
    for scaling in '' '-w 2' '-w 4' '-d 2' '-r 2'; do
        # shellcheck disable=SC2086
        run "$model" "$cores" $scaling
    done
done
echo
for model in $models; do
    for threads in 1 2 4; do
        [ "$threads" -gt "$cores" ] || run "$model" "$threads"
    done
done
