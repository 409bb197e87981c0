# Text in CSV that a spreadsheet would take for a formula has a quote before it; numbers, other formats, and texts that
# begin otherwise do not change.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
expect 2 run s.yaml --memory 1M # the jobs wait
for begin in = + - @ "$(printf '\t')" "$(printf '\r')"; do
    cp s.db p.db
    sqlite3 p.db "UPDATE job SET state = 'failed', finished_utc = '2026-01-01T00:00:00Z', error = '${begin}cmd|'' /C calc''!A0' WHERE number = 1"
    for command in "jobs --format csv" export; do
        # shellcheck disable=SC2086
        expect 0 $command --db p.db
        grep -qF "'${begin}cmd|' /C calc'!A0" stdout || fail "$command: '$begin' begins a cell of text"
        ! grep -qF ",${begin}cmd" stdout && ! grep -qF ",\"${begin}cmd" stdout || fail "$command has a formula"
    done
    expect 0 jobs --db p.db --format json
    ! grep -qF "'${begin}cmd" stdout || fail "JSON has a quote"
done
expect 0 jobs --db p.db --format table
! grep -q "'.cmd" stdout || fail "the table has a quote"

# What is no formula does not change, and what is a number stays one.
expect 0 jobs --db s.db --format csv
! grep -q "'" stdout || fail "a text that is no formula has a quote"
sqlite3 p.db "UPDATE job SET seed = -7 WHERE number = 1"
expect 0 jobs --db p.db --format csv
grep -q ',-7,' stdout || fail "a number below zero does not stay one"
