# On a terminal that is made narrower, and breaks the live line into two, nothing is left of the old one.
. "$(dirname "$0")/common.bash"
command -v tmux >/dev/null || { echo "needs tmux"; exit 77; }
program=$(realpath "$program")
socket=$PWD/tmux
export TERM=xterm
terminal() {
    tmux -S "$socket" -f /dev/null "$@"
}
trap 'terminal kill-server 2>/dev/null || true' EXIT

# until_seen PATTERN: the screen has it, within a minute.
until_seen() {
    for _ in $(seq 600); do
        terminal capture-pane -p -S - -t live >screen
        grep -qE "$1" screen && return
        sleep 0.1
    done
    fail "the terminal never shows $1: $(cat screen)"
}

# narrowed PATTERN COMMAND...: its live line, which has PATTERN, stands once, whatever the width.
narrowed() {
    local pattern=$1 columns
    shift
    terminal new-session -d -s live -x 140 -y 12 "seq 20; echo before; exec $*"
    terminal set-option -g remain-on-exit on
    until_seen "$pattern"
    for columns in 60 35 100 45; do
        terminal resize-window -t live -x $columns -y 12
        sleep 1.5
        terminal capture-pane -p -S - -t live >screen
        [ "$(grep -cE "$pattern" screen)" = 1 ] || fail "$columns columns: not one live line: $(cat screen)"
        [ "$(sed -n '/^before/,$p' screen | grep -c .)" = 2 ] ||
            fail "$columns columns: not one line after that which was there before: $(cat screen)"
    done
    terminal kill-session -t live
}

# An epoch that does not end meanwhile, however fast the machine is.
narrowed '^epoch 1/99 ' "'$program' train mobilenet_v2 -w 0.25 --input 32 --data shapes --train-images 400000 \
    --epochs 99 --threads 1"
