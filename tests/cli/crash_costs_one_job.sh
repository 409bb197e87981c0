# A worker that crashes costs its own job, which is tried again so often and then says how; the others are done.
. "$(dirname "$0")/common.bash"

crash_worker() {
    # shellcheck disable=SC2046
    kill -SEGV $(children_of $run) 2>/dev/null
}

# crash OPTION...: run the study and crash its first worker; *status* is how that ended.
crash() {
    rm -rf s.db*
    "$program" run s.yaml --workers 1 "$@" >stdout 2>stderr &
    run=$!
    wait_until "a checkpoint" has_checkpoint s.db
    wait_until "a worker to crash" crash_worker
    status=0
    wait $run || status=$?
}

study s.yaml 12 '[0, 1]'
crash --retries 0
[ $status = 3 ] || fail "with a crashed job it ended with $status, not 3"
said "1 of 4 jobs failed"
[ "$(status_of s.db done)" = 3 ] || fail "not 3 jobs done"
[ "$(status_of s.db failed)" = 1 ] || fail "not 1 job failed"
expect 3 status s.yaml
expect 0 jobs s.yaml --state failed --format json
# A sanitizer takes the signal itself; then the end of the job's log says so.
grep -q 'signal 11\|SEGV' stdout || fail "the failed job does not name the signal"
expect 3 run s.yaml
expect 0 run s.yaml --retry-failed
[ "$(status_of s.db done)" = 4 ] || fail "the failed job was not tried again"

study s.yaml 12 '[0]'
crash
[ $status = 0 ] || fail "a job that crashed once ended the run with $status"
grep -q '^tried again: ' stderr || fail "nothing said that a job was tried again"
[ "$(status_of s.db done)" = 2 ] || fail "the crashed job was not done in its second attempt"
