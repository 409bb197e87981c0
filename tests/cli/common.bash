# What the scripts of this folder share. Each runs in an empty folder of its own, with the program in $SCALESTUDY,
# and says by its exit status whether what its name claims is true.
set -eu -o pipefail
export XDG_CACHE_HOME=$PWD/cache # nothing of the user's
export XDG_CONFIG_HOME=$PWD/config XDG_STATE_HOME=$PWD/state
program=${SCALESTUDY:-$(dirname "${BASH_SOURCE[0]}")/../../build/scalestudy}

fail() {
    echo "FAILED: $*" >&2
    [ -s stderr ] && sed 's/^/    stderr: /' stderr >&2
    exit 1
}

# expect STATUS ARGUMENT...: run the program; its outputs are in the files stdout and stderr.
expect() {
    local wanted=$1 status=0
    shift
    "$program" "$@" >stdout 2>stderr || status=$?
    [ "$status" = "$wanted" ] || fail "scalestudy $* ended with $status, not $wanted"
}

# said WORDS: the last program's error has them, in one sentence of the right form.
said() {
    grep -q '^scalestudy: ' stderr || fail "no sentence that begins with 'scalestudy: '"
    grep -qF -- "$1" stderr || fail "the error does not say: $1"
}

# study FILE EPOCHS SEEDS: a study of two tiny networks a seed.
study() {
    cat >"$1" <<END
name: tiny
data: {name: shapes, train_images: 256, test_images: 64}
recipe:
  epochs: $2
  batch: 32
  optimizer: {lr: 0.05}
  augment: [horizontal_flip]
seeds: $3
models:
  - base: mobilenet_v2
    input: 32
    variant: {width: 0.25}
    scalings:
      - {method: baseline}
      - {method: width, w: 2}
END
}

# found ARGUMENT-OF-GREP...: what grep -q says, at the end of a pipe. grep -q leaves at the first match, the program that
# writes into the pipe is then killed by SIGPIPE, and pipefail takes that for a failure.
found() {
    [ "$(grep -c "$@")" -gt 0 ]
}

# column DB NAME [OPTION...]: a column of `jobs`, a line a job, in the study's order.
column() {
    local db=$1 name=$2
    shift 2
    "$program" jobs --db "$db" --format csv "$@" | awk -F, -v name="$name" '
        { sub(/\r$/, "") }
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; if (!at) exit 1; next }
        { print $at }'
}

# What of a result does not depend on when and how fast it was computed.
results() {
    for name in job_id state loss top1 epochs; do
        column "$1" $name >"$2.$name"
    done
    paste "$2".job_id "$2".state "$2".loss "$2".top1 "$2".epochs >"$2"
}

# A number of `status`, of the one study in a database.
status_of() {
    { "$program" status --db "$1" --format csv 2>/dev/null || true; } | awk -F, -v name="$2" '
        { sub(/\r$/, "") }
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
        NR == 2 { print $at }'
}

# Processes whose parent is $1. cat goes on where a process has ended since /proc was listed; awk would end there.
children_of() {
    { cat /proc/[0-9]*/stat 2>/dev/null || true; } |
        awk -v parent="$1" '{ line = $0; sub(/^.*\) /, "", line); split(line, f, " "); if (f[2] == parent) print $1 }'
}

# wait_until WHAT COMMAND...: poll, two minutes at most.
wait_until() {
    local what=$1 most=$((SECONDS + 120))
    shift
    until "$@"; do
        [ $SECONDS -lt $most ] || fail "waited two minutes for: $what"
        sleep 0.05
    done
}

# freeze PROCESS...: stop them, and return when they have: a signal that comes after SIGSTOP was sent, but before the
# process was next to run, would still reach it. One that has just ended counts as stopped: its parent, stopped before
# it, does not take note of that.
freeze() {
    kill -STOP "$@" || return 1
    for process in "$@"; do
        until grep -q '^State:[[:space:]]*[TZ]' "/proc/$process/status"; do
            kill -0 "$process" || return 1
            sleep 0.02
        done
    done
} 2>/dev/null

# freeze_children PROCESS: fails where there are none.
freeze_children() {
    # shellcheck disable=SC2046
    freeze $(children_of "$1")
}

has_checkpoint() {
    compgen -G "$1.d/checkpoints/*.safetensors" >/dev/null
}

is_gone() {
    ! kill -0 "$1" 2>/dev/null
}

# Goes into a folder that every user can reach, where "${as_other[@]}" ./program runs the program as a user who owns
# nothing. The script is skipped where it cannot run as another user.
with_other_user() {
    if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
        echo "needs root, who lends the test another user, and setpriv"
        exit 77
    fi
    as_other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    reachable=$(mktemp -d /tmp/scalestudy-test.XXXXXX)
    trap 'rm -rf "$reachable"' EXIT
    program=$(realpath "$program")
    cd "$reachable"
    cp "$program" program
    chmod 755 . program
}
