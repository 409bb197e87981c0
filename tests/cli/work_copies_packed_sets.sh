# `work` copies the study's packed set to a disk of its machine: all its jobs read the copy, and come to the bits of
# `run`. Afterwards it is gone, and what a killed one left the next one removes.
. "$(dirname "$0")/common.bash"

mkdir scratch scratch.task
expect 0 data pack shapes -o "a set.pack" --quiet
study s.yaml 4 '[0, 1]'
sed -i "s|^data:.*|data: {name: shapes, packed: '$PWD/a set.pack', fraction: 0.03}|" s.yaml
expect 0 run s.yaml --db whole.db --threads 1
results whole.db whole

# packs_of PROCESS: the packed sets that processes of `job` below a process have open.
packs_of() {
    local child
    for child in $(children_of "$1"); do
        readlink "/proc/$child"/fd/* 2>/dev/null | grep -E "^$PWD/.*(packed|\.pack)\$" || true
    done
}
reads_copy() {
    [ "$(packs_of $work | sort -u)" = "$(echo "$PWD"/scratch/scalestudy-work.*/packed)" ] &&
        [ "$(packs_of $work | wc -l)" = 2 ]
}

expect 0 submit s.yaml --run auto.run --via hand
expect 0 work auto.run --scratch scratch
! grep -q copy stderr || fail "a set on this machine's own disk is copied"
expect 2 work auto.run --copy-packed sometimes
said "sometimes"

# One is killed while its two jobs read the copy. The next one removes it, and makes its own.
expect 0 submit s.yaml --run s.run --via hand --checkpoint-seconds 0.1 --takeover-seconds 2
"$program" work s.run --scratch "$PWD/scratch" --copy-packed always --workers 2 >out 2>err &
work=$!
wait_until "two jobs that read the copy" reads_copy
children=$(children_of $work)
# shellcheck disable=SC2086
kill -9 $work $children
wait $work 2>/dev/null || true
left=$(echo scratch/scalestudy-work.*)
[ -s "$left/packed" ] || fail "nothing was left over: the test shows nothing"
expect 0 work s.run --scratch "$PWD/scratch" --copy-packed always
grep -q "copied and compared" stderr || fail "the second one did not copy"
[ -z "$(find scratch -mindepth 1)" ] || fail "left over: $(find scratch)"
expect 0 collect s.run
results s.db s
cmp whole s || fail "the results differ from those of run"

# Killed while it copies, too; and told to stop.
half_a_copy() {
    [ -s "$(echo scratch/scalestudy-work.$work.*/packed.part)" ]
}
start() {
    rm -rf other.run
    expect 0 submit s.yaml --run other.run --db none.db --via hand
    "$program" work other.run --scratch scratch --copy-packed always >out 2>err &
    work=$!
}
for _ in $(seq 20); do
    start
    until half_a_copy || is_gone $work || [ -s "$(echo scratch/scalestudy-work.$work.*/packed)" ]; do :; done
    children=$(children_of $work)
    # shellcheck disable=SC2086
    kill -9 $work $children 2>/dev/null || true
    wait $work 2>/dev/null || true
    if half_a_copy; then break; fi
done
half_a_copy || fail "it could not be killed while it copies: the test shows nothing"
start
until half_a_copy || is_gone $work; do :; done
kill -TERM $work
status=0
wait $work || status=$?
[ $status = 130 ] || fail "told to stop, it ended with $status: $(cat err)"
[ -z "$(find scratch -mindepth 1)" ] || fail "left over: $(find scratch)"

# The folder that a queue makes for a task comes before others.
SLURM_TMPDIR=$PWD/scratch.task TMPDIR=/nowhere "$program" work other.run --copy-packed always >out 2>err ||
    fail "work ended with $?: $(cat err)"
grep -q "copied and compared in .*/scratch.task/" err || fail "SLURM_TMPDIR is not where the copy went: $(cat err)"
[ -z "$(find scratch.task -mindepth 1)" ] || fail "left over: $(find scratch.task)"
