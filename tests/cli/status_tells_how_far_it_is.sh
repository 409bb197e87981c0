# status tells of each model and method, and can be watched: a full screen that leaves the terminal as it was, or lines
# on a pipe.
. "$(dirname "$0")/common.bash"

study s.yaml 5 '[0, 1]'
"$program" run s.yaml --workers 1 --quiet &
run=$!
wait_until "a checkpoint" has_checkpoint s.db
expect 0 status s.yaml --watch --seconds 0.05
wait $run
grep -q '^tiny: [0-3]/4 done, 1 running, ' stdout || fail "no line while it ran"
[ "$(tail -n 1 stdout)" = "tiny: 4/4 done" ] || fail "the last line is not its end"
[ "$(uniq -d stdout)" = "" ] || fail "a line is said twice"

expect 0 status s.yaml
grep -q '^tiny .*mobilenet_v2  width .* 2     2 ' stdout || fail "no row of a method"
expect 0 status s.yaml --groups --format csv
[ "$(sed -n 3p stdout | cut -d, -f1-9)" = "tiny,mobilenet_v2,width,2,2,0,0,0,0" ] || fail "the groups are wrong"
[ "$(sed -n 3p stdout | cut -d, -f10 | cut -d. -f1)" -gt 0 ] || fail "no images a second"
expect 2 status s.yaml --watch --format json
expect 0 status s.yaml --format json
grep -q '"study": "tiny", "total": 4, "done": 4, "running": 0, "failed": 0, "waiting": 0, "stopped": 0, "eta_seconds": 0' \
    stdout || fail "the contract's keys are not there"

script -qec true /dev/null >/dev/null 2>&1 || exit 0 # no terminal here
export TERM=xterm
escape=$(printf '\033')
(sleep 0.7 && printf q) | script -qec "'$program' status s.yaml --watch --seconds 0.1" terminal >/dev/null
grep -q "$escape\\[?1049h" terminal || fail "no screen of its own"
grep -q "$escape\\[36m" terminal || fail "no colour on a terminal"
grep -q "$escape\\[?25h$escape\\[?1049l" terminal || fail "the terminal is not as it was"
(sleep 0.5 && printf q) | NO_COLOR=1 script -qec "'$program' status s.yaml --watch" terminal >/dev/null
grep -q "$escape\\[[1-9][0-9]*m" terminal && fail "colour in spite of NO_COLOR"
exit 0
