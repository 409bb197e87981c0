# The manual page has every command once, with every option of it that --help shows in its entry or where options of many
# commands are; an entry that is lost, doubled or cut off fails.
. "$(dirname "$0")/common.bash"
manual=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/harness/scalestudy.1
manual=${SCALESTUDY_MANUAL:-$manual}

# check_entries MANUAL: the entries of the commands, to the files entries/COMMAND; says what is wrong with them.
check_entries() {
    rm -rf entries
    mkdir entries
    python3 - "$1" <<'END'
import re, sys
text = open(sys.argv[1]).read().replace("\\\n", "")
commands, others = re.split(r"^\.Ss Commands\n", text, flags=re.M)[1].split("\n.Ss ", 1)
heads = set()
for entry in re.split(r"^(?=\.It Cm )", commands, flags=re.M)[1:]:
    head, body = entry.split("\n", 1)
    words = re.sub(r"^\.It Cm ", "", head).replace(" Cm ", " ", 1).split()
    name = words[0]
    if head in heads:
        print(f"the manual has twice: {head}")
    heads.add(head)
    lines = [line for line in body.split("\n") if line and not re.match(r"\.(El|Pp|Ed)\b", line)]
    if not lines or not re.search(r"[.:)](\"|''|\s[.)])*$", lines[-1]):
        print(f"the entry of {name} is cut off: {lines[-1] if lines else head}")
    with open("entries/" + name, "a") as file:
        file.write(entry)
    if len(words) > 1 and words[1].isalpha():
        with open(f"entries/{name} {words[1]}", "a") as file:
            file.write(entry)
    plain = name if len(words) < 2 or not words[1].islower() else name + " " + words[1]
    with open("entries/count", "a") as file:
        file.write(plain + "\n")
open("entries/shared", "w").write(others)
END
}
wrong=$(check_entries "$manual")
[ -z "$wrong" ] || fail "$wrong"

options_of() { # options_of COMMAND...: from its --help
    expect 0 "$@" --help
    grep -oE '^  (-., |    )--[a-z0-9-]+' stdout | grep -oE -- '--[a-z0-9-]+' | grep -vx -- --help
}
# has_options COMMAND...
has_options() {
    local option
    for option in $(options_of "$@"); do
        grep -qhE "Fl -${option#--}( |\$)" "entries/$*" entries/shared ||
            fail "the manual has no $option in the entry of $*, nor where options of many commands are"
    done
}
expect 0 --help
commands=$(awk '/^  [a-z]+  / && $1 != "scalestudy" { print $1 }' stdout)
for command in $commands; do
    [ -e "entries/$command" ] || fail "the manual has no command $command"
    expect 0 "$command" --help
    parts=$(sed -n '/^Commands:/,/^$/ s/^\([a-z]*\) .*/\1/p' stdout)
    if [ -z "$parts" ]; then
        [ "$(grep -cx "$command" entries/count)" -le 1 ] || fail "the manual has more than one entry of $command"
        has_options "$command"
    fi
    for of in $parts; do
        [ -e "entries/$command $of" ] || fail "the manual has no $command $of"
        has_options "$command" "$of"
        grep -q '^Example:' stdout || fail "$command $of --help shows no example"
    done
done
for entry in entries/*; do
    name=${entry#entries/}
    case $name in
    count | shared | *" "*) ;;
    *) grep -qx "$name" <<<"$commands" || fail "the manual has the command $name, which the program does not have" ;;
    esac
done
if command -v groff >/dev/null; then
    groff -ww -mdoc -Tutf8 "$manual" 2>stderr >/dev/null || fail "groff fails on the manual"
    [ -s stderr ] && fail "groff warns about the manual"
fi
grep -q 130 "$manual" || fail "the manual lacks the exit status of an interruption"

# It notices an entry that is doubled, cut off or lost.
[ -z "${SCALESTUDY_MANUAL-}" ] || exit 0
for fault in '/^\.It Cm compare/ i Print a table, such as' '/^\.It Cm fit/ i .It Cm table Ar name\nPrint it.' \
    '/^\.It Cm count/,/^\.It Cm scale/ { /^\.It Cm scale/!d }'; do
    sed "$fault" "$manual" >faulty
    if SCALESTUDY_MANUAL=$PWD/faulty bash "$0" >/dev/null 2>&1; then fail "not noticed: $fault"; fi
done
