# Ctrl-C ends commands that read or copy a large database at once: nothing is lost, and nothing is left behind.
. "$(dirname "$0")/common.bash"

# 20,000 jobs with their epochs: seconds to merge or to check.
study s.yaml 10 "[$(seq -s, 0 9999)]"
expect 0 submit s.yaml --run r.run --via hand --db none.db
cp r.run/plan.db big.db
chmod u+w big.db
sqlite3 big.db "BEGIN;
    WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 10)
    INSERT INTO epoch SELECT number, x, 'test', 1.0 / x, 50, 90, 0.05, 1 FROM job, n;
    UPDATE job SET state = 'done', attempt = 1, host = 'h', pid = 1, started_utc = '2026-01-01T00:00:00Z',
        finished_utc = '2026-01-01T01:00:00Z', loss = 0.1, top1 = 60, top5 = 90, epochs = 10, train_seconds = 15,
        images_per_second = 100, peak_bytes = 1;
    COMMIT"
cp r.run/plan.db ours.db
chmod u+w ours.db
sqlite3 ours.db .dump >ours
sha256sum big.db >big

# has_open PROCESS FILE: whether it reads or writes it now. Without programs of its own, to be as quick as what it watches.
has_open() {
    local fd
    for fd in "/proc/$1"/fd/*; do [ "$fd" -ef "$2" ] && return; done
    return 1
}

# interrupted COMMAND...: it is sent SIGINT once it has opened the large database, and ends within two seconds.
interrupted() {
    local status=0 began
    (
        trap - INT # a job of a script that runs in the background would not notice it
        exec "$program" "$@"
    ) >stdout 2>stderr </dev/null &
    began=$SECONDS
    until has_open $! big.db; do [ $((SECONDS - began)) -lt 60 ] || fail "scalestudy $* does not open big.db"; done
    began=$(date +%s%N)
    kill -INT $! || fail "scalestudy $* ended too soon"
    wait $! || status=$?
    [ $status = 130 ] || fail "scalestudy $* ended with $status, not 130"
    [ $(($(date +%s%N) - began)) -lt 2000000000 ] || fail "scalestudy $* went on"
    sha256sum --status -c big || fail "scalestudy $* changes the database that it reads"
    sqlite3 ours.db .dump | cmp - ours || fail "scalestudy $* leaves half of its work in a database"
    [ "$(find . -maxdepth 1 -name '*.merge.*' -o -name '*.tmp.*' -o -name 'copy.db')" = "" ] ||
        fail "scalestudy $* leaves files"
}

interrupted db merge ours.db big.db
said 'interrupted'
interrupted db backup big.db copy.db
interrupted db check big.db
expect 0 db merge ours.db big.db
expect 0 db check ours.db
