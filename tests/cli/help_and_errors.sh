# Every command explains itself; mistakes on the command line are refused with what would be right.
. "$(dirname "$0")/common.bash"

# filled N COMMAND: of the help in ./stdout no line but usage and examples is longer than N columns, and every line of a
# paragraph is as full as it can be.
filled() {
    awk -v most="$1" '
        /^Usage:/ { next }
        /^Example:/ { exit }
        /^Options.*:$|^Commands:/ { listed = 1 }
        !NF { listed = 0; before = 0 }
        length > most { print "longer than " most ": " $0; exit }
        !listed && before && before + 1 + length($1) <= most { print "the line before is not full: " $0; exit }
        { before = length }' stdout >ragged
    [ ! -s ragged ] || fail "$2 --help, $1 columns: $(cat ragged)"
}

expect 0 --help
cp stdout help
commands=$(awk '/^  [a-z]+ +[^ ]/ && $1 != "scalestudy" { print $1 }' help)
[ "$(echo "$commands" | wc -l)" -ge 8 ] || fail "the help lists too few commands"
for command in $commands; do
    expect 0 "$command" --help
    grep -q "^Usage: scalestudy $command" stdout || fail "$command --help shows no usage"
    grep -q "^Example:" stdout || fail "$command --help shows no example"
    cp stdout first
    filled 80 "$command"
    expect 0 help "$command"
    cmp -s first stdout || fail "help $command and $command --help differ"
    expect 2 "$command" --no-such-option
    said "--no-such-option"
done

# On a terminal help is as wide as that is, up to what can be read.
if script -qec true /dev/null >/dev/null 2>&1; then
    for columns in 60 90 200; do
        script -qec "stty cols $columns; '$program' bench --help" terminal >/dev/null
        sed '/^Script /d; s/\r$//' terminal >stdout
        grep -q '^Example:' stdout || fail "no help on a terminal of $columns columns"
        filled $((columns < 100 ? columns : 100)) bench
    done
fi

expect 0 --version
grep -qE '^scalestudy [0-9]+\.[0-9]+\.[0-9]+$' stdout || fail "the version is not a version"

expect 2
expect 2 modles
said "did you mean 'models'?"
expect 2 plan --formt json
said "did you mean --format?"
expect 2 plan s.yaml another.yaml
said "one too many"
expect 2 plan s.yaml --format xml
said "table"
expect 2 status
said "--db"

# Output that cannot be written is an error, not silence.
for sink in /dev/full; do
    status=0
    "$program" models >$sink 2>stderr || status=$?
    [ $status = 1 ] || fail "models >$sink ended with $status, not 1"
    said "cannot write"
done
status=0
"$program" models >&- 2>stderr || status=$?
[ $status = 1 ] || fail "models with no standard output ended with $status, not 1"
