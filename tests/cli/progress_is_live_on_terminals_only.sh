# On a terminal one line is redrawn, coloured unless NO_COLOR is set; elsewhere there are plain lines.
. "$(dirname "$0")/common.bash"

script -qec true /dev/null >/dev/null 2>&1 || { echo "script(1) gives no terminal here"; exit 77; }
escape=$(printf '\033')
study s.yaml 1 '[0]'
expect 0 run s.yaml --db plain.db
grep -q "[$escape$(printf '\r')]" stderr && fail "control characters outside a terminal"
[ "$(grep -c '^done ' stderr)" = 2 ] || fail "not a line for each of two jobs"

export TERM=xterm
script -qec "'$program' run s.yaml --db live.db" terminal >/dev/null
grep -q "$escape\\[K" terminal || fail "no line was redrawn on a terminal"
grep -q "$escape\\[36m" terminal || fail "no colour on a terminal"
NO_COLOR=1 script -qec "'$program' run s.yaml --db mono.db" terminal >/dev/null
grep -q "$escape\\[[0-9;]*m" terminal && fail "colour in spite of NO_COLOR"
TERM=dumb script -qec "'$program' run s.yaml --db dumb.db" terminal >/dev/null
grep -q "$escape" terminal && fail "control characters on a dumb terminal"
exit 0
