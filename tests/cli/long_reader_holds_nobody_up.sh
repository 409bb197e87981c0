# A study runs to its end while sqlite3 reads its database in one long transaction.
. "$(dirname "$0")/common.bash"

study s.yaml 2 '[0]'
expect 2 run s.yaml --memory 1M # the jobs are there, none has run
mkfifo questions
sqlite3 s.db <questions >answers 2>&1 &
reader=$!
exec 3>questions
echo "BEGIN; SELECT 'waiting', count(*) FROM job WHERE state = 'waiting';" >&3
wait_until "the reader" grep -q 'waiting|2' answers
expect 0 run s.yaml
[ "$(status_of s.db done)" = 2 ] || fail "not both jobs done"
echo "SELECT 'still waiting', count(*) FROM job WHERE state = 'waiting'; COMMIT;" >&3
exec 3>&-
wait $reader
grep -q 'still waiting|2' answers || fail "the reader did not keep its view: the test shows nothing"
[ "$(sqlite3 s.db 'PRAGMA integrity_check')" = ok ] || fail "the database is not sound"
