# run --keep leaves the best and the last weights of every job, the same after kills; their accuracies are the database's.
. "$(dirname "$0")/common.bash"

study s.yaml 6 '[0]'
sed -i '/method: width/d; s/epochs: 6/epochs: 12/' s.yaml
expect 0 run s.yaml --db whole.db --threads 1 --keep both
"$program" run s.yaml --threads 1 --keep both --quiet &
run=$!
wait_until "a checkpoint" has_checkpoint s.db
# shellcheck disable=SC2046
{ kill -9 $run $(children_of $run) && wait $run; } 2>/dev/null || true
expect 0 run s.yaml --threads 1 --keep both
id=$(column s.db job_id)
for which in best last; do
    cmp "whole.db.d/weights/$id.$which.safetensors" "s.db.d/weights/$id.$which.safetensors" || fail "$which differs"
done
[ "$(find s.db.d/checkpoints s.db.d/weights -type f | wc -l)" = 2 ] || fail "other files are left"

# of WHICH: top-1 of these weights, as eval finds it.
of() {
    expect 0 eval mobilenet_v2 -w 0.25 --input 32 --data shapes --train-images 256 --test-images 64 \
        --weights "s.db.d/weights/$id.$1.safetensors" --format csv
    tail -n 1 stdout | cut -d, -f2
}
[ "$(of last)" = "$(column s.db top1)" ] || fail "the last weights are others"
[ "$(of best)" = "$("$program" curve s.yaml "$id" --format csv | grep ',test,' | cut -d, -f6 | sort -g | tail -n 1)" ] ||
    fail "the best weights are others"
expect 0 rm s.yaml "$id" --yes
[ -z "$(find s.db.d -type f)" ] || fail "rm leaves files"
expect 2 run s.yaml --keep all
said "best"
