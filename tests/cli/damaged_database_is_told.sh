# A database with a damaged page is met with a sentence, not with a crash, wherever the damage is.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
expect 0 run s.yaml
mv s.db sound.db
pages=$(sqlite3 sound.db 'PRAGMA page_count')
told=0
for page in $(seq 0 7 $((pages - 1))); do
    for command in "jobs s.yaml" "run s.yaml"; do
        cp sound.db s.db
        head -c 4096 /dev/urandom | dd of=s.db bs=4096 seek="$page" conv=notrunc status=none
        status=0
        # shellcheck disable=SC2086
        "$program" $command >stdout 2>stderr </dev/null || status=$?
        [ $status -lt 4 ] || fail "with page $page damaged, $command ended with $status"
        [ $status = 0 ] || grep -q '^scalestudy: .' stderr || fail "with page $page damaged, $command says nothing"
        ! grep -q 'damaged\|not a database' stderr || told=$((told + 1))
        rm -f s.db s.db-*
    done
done
[ $told -gt 0 ] || fail "no damage was noticed"
