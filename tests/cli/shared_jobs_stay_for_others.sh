# Jobs that two studies of a database list stay for one study when the other removes, cancels or prunes them.
. "$(dirname "$0")/common.bash"

study p.yaml 1 '[0, 1]'
sed 's/^name: tiny/name: other/; s/^seeds:.*/seeds: [0]/' p.yaml >q.yaml
expect 0 run p.yaml --db x.db
expect 0 run q.yaml --db x.db
[ "$(sqlite3 x.db 'SELECT count(*) FROM job')" = 4 ] || fail "the studies do not share jobs"
shared=$(column x.db job_id --study other | sed -n 1p)
results_of() {
    sqlite3 x.db "SELECT count(*) FROM job_result WHERE study = '$1' AND state = 'done'"
}

expect 0 rm p.yaml --db x.db --state done --yes
grep -q '^2 jobs removed' stderr || fail "rm does not say what it removed"
grep -q '^2 jobs removed from the study tiny only, with results kept for: other' stderr || fail "rm does not say what stays"
[ "$(results_of other)" = 2 ] || fail "the other study lost results"
[ "$(results_of tiny)" = 0 ] || fail "the study still lists what was to be removed"
[ "$(sqlite3 x.db "SELECT count(*) FROM epoch")" = 4 ] || fail "epochs of the other study are gone"
expect 0 db check x.db
expect 0 logs q.yaml --db x.db "${shared:0:12}"

# By its id, too, unless no study is named: then all lists are meant.
expect 0 run p.yaml --db x.db
expect 0 rm p.yaml --db x.db "${shared:0:12}" --yes
grep -q '^0 jobs removed' stderr || fail "rm removed a job of another study by its id"
[ "$(results_of other)" = 2 ] || fail "a job of another study was removed by its id"
expect 0 rm --db x.db "${shared:0:12}" --yes
grep -q '^1 job removed' stderr || fail "rm without a study does not remove"
[ "$(results_of other)" = 1 ] || fail "rm without a study does not remove from all"

# cancel leaves alone what another study lists; --db alone stops it in all.
study p.yaml 2 '[0, 1]'
sed 's/^name: tiny/name: other/; s/^seeds:.*/seeds: [0]/' p.yaml >q.yaml
expect 2 run p.yaml --db y.db --memory 1M
expect 2 run q.yaml --db y.db --memory 1M
expect 0 cancel p.yaml --db y.db --state waiting
grep -q '^2 jobs not stopped, since they are also in: other' stderr || fail "cancel does not say what stays"
grep -q '^2 of 2 jobs stopped' stderr || fail "cancel does not say what it stopped"
[ "$(sqlite3 y.db "SELECT waiting FROM study_status WHERE study = 'other'")" = 2 ] || fail "the other study's jobs were cancelled"
expect 0 cancel --db y.db --state waiting
[ "$(sqlite3 y.db "SELECT waiting FROM study_status WHERE study = 'other'")" = 0 ] || fail "jobs of all studies were not cancelled"

# Pruning: of three networks one goes on, but for what a study without pruning lists.
study p.yaml 3 '[0]'
sed -i 's/^      - {method: width, w: 2}/&\n      - {method: width, w: 3}\n      - {method: depth, d: 2}/' p.yaml
sed 's/^name: tiny/name: other/' p.yaml >q.yaml
echo 'prune: {method: asha, min_epochs: 1, factor: 2}' >>p.yaml
expect 2 run q.yaml --db z.db --memory 1M
expect 0 run p.yaml --db z.db --workers 1
[ "$(sqlite3 z.db "SELECT done FROM study_status WHERE study = 'other'")" = 4 ] || fail "pruning stopped jobs of another study"
