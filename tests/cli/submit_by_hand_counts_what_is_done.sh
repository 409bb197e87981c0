# `submit --via hand` leaves to `work` what neither the database nor the folder has, says so, and makes no folder in a
# dry run; `work` does no more than that.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
expect 0 submit s.yaml --via hand --dry-run
[ ! -e s.run ] || fail "a dry run made the folder"
grep -q 's.run would be made: 0 of .* done, .* 2 jobs are left' stderr || fail "a dry run speaks of what is not: $(cat stderr)"
! grep -q 'is ready' stderr || fail "a dry run says that the folder is ready"
# A database with one of the two jobs.
sed 's/ *- {method: width, w: 2}//' s.yaml >one.yaml
expect 0 run one.yaml --db s.db --threads 1
expect 0 submit s.yaml --via hand
grep -q 's.run is ready: 1 of .* 1 job is left' stderr || fail "what the database has is sent: $(cat stderr)"
expect 0 work s.run
grep -q 'no job is left: this machine did 1 job' stderr || fail "work did what the database has"
[ "$(ls s.run/results | wc -l)" = 1 ] || fail "not one result"
expect 0 status s.run
grep -q '1 of the waiting jobs is done in the database' stderr || fail "status does not say who does the other job"
expect 0 submit s.yaml --via hand
grep -q 's.run is ready: 2 of .* 0 jobs are left' stderr || fail "a second submit sends what is done: $(cat stderr)"
! grep -q 'scalestudy work' stderr || fail "a second submit asks for work"
expect 0 submit s.yaml --via hand --dry-run
grep -q 's.run would be brought up to date: 2 of .* 0 jobs are left' stderr || fail "the dry run differs"
expect 0 work s.run
expect 0 collect s.run --db s.db
grep -q '1 result added' stderr || fail "collect did not bring the one result"
[ "$(status_of s.db done)" = 2 ] || [ "$("$program" jobs --db s.db --state done --format csv | wc -l)" = 3 ] || fail "not both jobs are done"
# Without that database the other job is wanted, too.
expect 0 submit s.yaml --via hand --db none.db
grep -q '1 job is left' stderr || fail "what no database has is not wanted: $(cat stderr)"
expect 0 work s.run
[ "$(ls s.run/results | wc -l)" = 2 ] || fail "not two results"
