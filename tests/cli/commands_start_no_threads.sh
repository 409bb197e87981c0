# A command runs the threads it was asked for and no others, and loads neither OpenBLAS nor what downloads need: not one
# that only looks, not one that supervises jobs, and no job of one thread but for those that load its images.
. "$(dirname "$0")/common.bash"

threads_of() {
    find "/proc/$1/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l
}
# light PROCESS THREADS: at most THREADS threads, few libraries, and less than 100 MB of address space a thread.
light() {
    local libraries kilobytes
    [ "$(threads_of "$1")" = "$2" ] || fail "it has $(threads_of "$1") threads, not $2: $(tr '\0' ' ' <"/proc/$1/cmdline")"
    libraries=$(grep -o '/[^ ]*\.so[.0-9]*$' "/proc/$1/maps" | sort -u)
    if grep -E 'openblas|libcurl|libarchive' <<<"$libraries"; then fail "it has loaded what it does not need"; fi
    [ "$(wc -l <<<"$libraries")" -le 20 ] || fail "it has loaded $(wc -l <<<"$libraries") libraries: $libraries"
    kilobytes=$(awk '/^VmSize/ { print $2 }' "/proc/$1/status")
    grep -q libasan <<<"$libraries" || [ "$kilobytes" -lt $((100000 * $2)) ] ||
        fail "it has mapped $kilobytes kB with $2 threads"
}

study s.yaml 500 '[0]'
sed -i 's/test_images: 64/test_images: 64, loader_threads: 1/' s.yaml
"$program" run s.yaml --workers 1 --threads 1 >/dev/null 2>&1 &
run=$!
# One thread to train, and one for each of the two splits.
job_has_all_threads() {
    job=$(children_of $run)
    [ -n "$job" ] && [ "$(threads_of "$job")" -ge 3 ]
}
wait_until "a job trains" job_has_all_threads
light $run 1
light "$job" 3
"$program" status s.yaml --watch >/dev/null 2>&1 &
watch=$!
watches() { # it has opened the database
    find "/proc/$watch/fd" -lname '*/s.db' 2>/dev/null | found .
}
wait_until "status watches" watches
light $watch 1
kill $watch $run
wait $watch $run || true
