# Where checkpoints cannot be written jobs fail with a sentence, nothing half is left, and they can be tried again.
. "$(dirname "$0")/common.bash"

study s.yaml 2 '[0]'
status=0
(
    ulimit -f 600 # KiB of one file: enough for the database, too little for a checkpoint
    "$program" run s.yaml --workers 1 --checkpoint-seconds 0.01 >stdout 2>stderr
) || status=$?
[ $status = 3 ] || fail "with files that may not grow it ended with $status, not 3"
[ "$(status_of s.db failed)" = 2 ] || fail "not both jobs failed"
expect 0 jobs s.yaml --state failed --format json
grep -q 'File too large' stdout || fail "the jobs do not say why they failed"
[ -z "$(ls s.db.d/checkpoints)" ] || fail "half a checkpoint is left"
expect 0 run s.yaml --retry-failed
[ "$(status_of s.db done)" = 2 ] || fail "the jobs were not tried again"
