# Successive halving stops jobs early, with the epoch; tables leave them out; tried again without it, they come to the
# results that they would have had.
. "$(dirname "$0")/common.bash"

study s.yaml 2 '[0, 1, 2]'
expect 0 run s.yaml --db whole.db --threads 1
results whole.db whole
sed 's/^seeds:/prune: {method: asha, min_epochs: 1, factor: 6}\n&/' s.yaml >p.yaml
# The first job is told to be the best by far: after an epoch networks may all be wrong alike.
sed -e '/method: width/d' -e 's/^seeds:.*/seeds: [0]/' p.yaml >first.yaml
expect 0 run first.yaml --db p.db --threads 1
sqlite3 p.db "DROP TRIGGER epoch_done_update; UPDATE epoch SET top1 = 100 WHERE epoch = 1 AND split = 'test'"
# One at a time: with more, the order in which epochs come decides who is the best so far.
expect 0 run p.yaml --threads 1 --workers 1
stopped=$(status_of p.db stopped) done=$(status_of p.db done)
[ "$stopped" = 5 ] && [ "$done" = 1 ] || fail "$stopped stopped, $done done of 6"
expect 0 jobs p.yaml --state stopped --format csv
[ "$(grep -c ',"stopped early after epoch 1: number [2-6] by ' stdout)" = "$stopped" ] || fail "no reasons are given"
[ "$(column p.db epochs --state stopped | sort -u)" = 1 ] || fail "the epoch of stopped jobs is not 1"
[ -z "$(column p.db top1 --state stopped | tr -d '\n')" ] || fail "a stopped job has a result"
seeds=$("$program" table table3 --db p.db --format csv | awk -F, '
    { sub(/\r$/, "") }
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == "seeds") at = i; next }
    { sum += $at } END { print sum + 0 }')
[ "$seeds" = "$done" ] || fail "the table counts $seeds seeds, but $done jobs are done"

expect 0 retry p.yaml --state stopped
expect 0 run s.yaml --db p.db --threads 1
results p.db again
cmp whole again || fail "jobs that were stopped and went on have other results"

sed 's/asha/hyperband/' p.yaml >bad.yaml
expect 2 plan bad.yaml
said "asha"
