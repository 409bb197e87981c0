# Jobs of killed processes are taken again although their signs of life are from years to come, or long gone.
. "$(dirname "$0")/common.bash"

study s.yaml 8 '[0]'
sed -i '/method: width/d' s.yaml
expect 0 run s.yaml --db whole.db --workers 2
results whole.db whole
for year in 2099 1999; do
    rm -rf s.db*
    "$program" run s.yaml --workers 2 --quiet &
    run=$!
    wait_until "a checkpoint" has_checkpoint s.db
    # shellcheck disable=SC2046
    { kill -9 $run $(children_of $run) && wait $run; } 2>/dev/null || true
    sqlite3 s.db "UPDATE job SET heartbeat_utc = '$year-01-01T00:00:00Z', started_utc = '$year-01-01T00:00:00Z',
        added_utc = '$year-01-01T00:00:00Z' WHERE state <> 'done'"
    expect 0 run s.yaml --workers 2
    results s.db again
    cmp whole again || fail "the results differ"
done
