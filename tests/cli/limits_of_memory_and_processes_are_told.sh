# Under a limit of memory or of processes every command answers or says what is too little, within seconds, and obeys
# SIGTERM.
. "$(dirname "$0")/common.bash"
study s.yaml 1 '[0]'
"$program" submit s.yaml --via hand >/dev/null 2>&1
[ "$(id -u)" != 0 ] || { chown -R 61234:61234 . && chmod a+x ..; }

# limited LIMIT STATUS ARGUMENT...: LIMIT is for ulimit. Processes are counted by user: root, to whom no such limit
# applies, becomes another one.
limited() {
    local limit=$1 wanted=$2 status=0 as=()
    shift 2
    if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=61234 --regid=61234 --clear-groups); fi
    # shellcheck disable=SC2016
    timeout -k 1 30 "${as[@]}" bash -c 'ulimit '"$limit"' && exec "$@"' bash "$program" "$@" >stdout 2>stderr ||
        status=$?
    [ "$status" = "$wanted" ] || fail "scalestudy $* ended with $status, not $wanted, with ulimit $limit"
}

# The address sanitizer maps terabytes, and looks for leaks in a process of its own.
asan=$(grep -cF __asan_init "$program" || true)
[ "$asan" = 0 ] || export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
number=0
for limit in "-v 40000" "-v 150000" "-v 200000" "-u 1"; do
    [ "$asan" = 0 ] || [[ $limit != -v* ]] || continue
    limited "$limit" 0 models
    grep -q resnet50 stdout || fail "models lists nothing"
    limited "$limit" 0 plan s.yaml
    number=$((number + 1))
    case $limit in
    "-v 40000")
        limited "$limit" 3 run s.yaml --threads 1 --db $number.db
        said "2 of 2 jobs failed"
        limited "$limit" 3 status --db $number.db
        limited "$limit" 0 jobs --db $number.db
        grep -qE "ulimit|memory" stdout || fail "no job says what it lacks: $(cat stdout)"
        ;;
    "-u 1")
        limited "$limit" 1 run s.yaml --threads 1 --db $number.db
        said "cannot start a worker"
        limited "$limit" 1 bench mobilenet_v2 -w 0.25 --input 32 --threads 2 --seconds 0.1
        said "ulimit -u"
        ;;
    *)
        limited "$limit" 0 run s.yaml --threads 1 --db $number.db
        limited "$limit" 0 status --db $number.db
        limited "$limit" 0 jobs --db $number.db
        ;;
    esac
done
limited "-u 1" 1 work s.run
said "cannot start a worker"

# A limit takes nothing from SIGTERM.
[ "$asan" = 0 ] || exit 0
sed 's/epochs: 1$/epochs: 500/' s.yaml >long.yaml
(ulimit -v 200000 && exec "$program" run long.yaml --workers 1 --threads 1) >/dev/null 2>&1 &
run=$!
runs() {
    [ "$(status_of long.db running)" = 1 ]
}
wait_until "a job runs" runs
kill $run
wait_until "the run has stopped" is_gone $run
