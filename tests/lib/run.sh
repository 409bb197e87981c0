#!/bin/bash
# run.sh PATTERNS PROGRAM...: run test programs and tests/cli/*.sh whose path contains one of the PATTERNS (words; none:
# all), in parallel, and end with "N passed, N failed". A crash, a time-out or a program that runs no test is a failure.
set -u
read -ra patterns <<<"$1"
shift
limit=${TEST_TIMEOUT:-300}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One test program: its cmocka lines count as tests.
run_program() {
    local program=$1 log=$2 status passed failed
    timeout -k 10 "$limit" "$program" >"$log" 2>&1 </dev/null
    status=$?
    passed=$(grep -c '^\[       OK \]' "$log")
    failed=$(grep '^\[  FAILED  \] test_' "$log" | sort -u | wc -l)
    skipped=$(grep '^\[  SKIPPED \] test_' "$log" | sort -u | wc -l)
    if [ $status -ne 0 ] && [ "$failed" -eq 0 ] || [ $((passed + failed + skipped)) -eq 0 ]; then
        echo "$program ended with status $status" >>"$log"
        failed=$((failed + 1))
    fi
    echo "$passed $failed $skipped" >"$log.count"
}

# One script: one test. 77 means skipped; its last line says why.
run_script() {
    local script=$1 log=$2 folder status
    folder=$(mktemp -d "$work/cwd.XXXXXX")
    (cd "$folder" && timeout -k 10 "$limit" bash "$script" >"$log" 2>&1 </dev/null)
    status=$?
    case $status in
    0) echo "1 0 0" >"$log.count" ;;
    77) echo "0 0 1" >"$log.count" ;;
    *)
        echo "$script ended with status $status" >>"$log"
        echo "0 1 0" >"$log.count"
        ;;
    esac
}

run_one() {
    local what=$1 log=$2 notes seconds
    case $what in
    *.sh) run_script "$what" "$log" ;;
    *) run_program "$what" "$log" ;;
    esac
    read -r passed failed skipped <"$log.count"
    times >"$log.times" # of this subshell, and of its children
    seconds=$(awk 'NR == 2 { split($1 "m" $2, t, "[ms]+"); printf "%d", 60 * t[1] + t[2] + 60 * t[3] + t[4] }' "$log.times")
    if [ "$failed" -gt 0 ]; then
        echo "FAILED  ${what#"$PWD"/}"
        grep -v '^\[ RUN  \|^\[       OK \|^\[==========\]' "$log" | tail -n 60 | sed 's/^/    /'
    else
        notes="$passed passed"
        [ "$skipped" -gt 0 ] && notes="$notes, $skipped skipped"
        [ "$seconds" -ge 10 ] && notes="$notes, $seconds s of processor" # what to look at when tests are slow
        echo "ok      ${what#"$PWD"/} ($notes)"
        grep ' rounds in [0-9]* s$' "$log" | sed 's/^/        /' # of make fuzz
    fi
}

is_wanted() {
    local pattern
    for pattern in "${patterns[@]}"; do
        [[ $1 == *"$pattern"* ]] && return 0
    done
    [ ${#patterns[@]} -eq 0 ]
}

count=0
# Half of the time of a script is waiting: for a signal to arrive, for a job to be far enough.
jobs_limit=$((2 * $(nproc)))
for what in "$@" "$PWD"/tests/cli/*.sh; do
    is_wanted "$what" && [ -e "$what" ] || continue
    count=$((count + 1))
    while [ "$(jobs -rp | wc -l)" -ge "$jobs_limit" ]; do wait -n; done
    run_one "$what" "$work/$count.log" &
done
wait
passed=0 failed=0 skipped=0
for file in "$work"/*.count; do
    [ -e "$file" ] || continue
    read -r p f s <"$file"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
