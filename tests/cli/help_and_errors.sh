# Every command explains itself; mistakes on the command line are refused with what would be right.
. "$(dirname "$0")/common.bash"

expect 0 --help
cp stdout help
commands=$(awk '/^  [a-z]+ +[^ ]/ && $1 != "scalestudy" { print $1 }' help)
[ "$(echo "$commands" | wc -l)" -ge 8 ] || fail "the help lists too few commands"
for command in $commands; do
    expect 0 "$command" --help
    grep -q "^Usage: scalestudy $command" stdout || fail "$command --help shows no usage"
    grep -q "^Example:" stdout || fail "$command --help shows no example"
    cp stdout first
    expect 0 help "$command"
    cmp -s first stdout || fail "help $command and $command --help differ"
    expect 2 "$command" --no-such-option
    said "--no-such-option"
done

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
