# The manual page has every command and option of --help, every key of a study and every registered name, once and with
# the same text; nothing is lost, doubled or cut off, and mandoc and groff find no mistake in it.
. "$(dirname "$0")/common.bash"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

expect 0 manual
cp stdout page
python3 "$here/manual_page.py" page "$program" answers >wrong || fail "$(cat wrong)"

# Pages that page refers to need not be installed here.
if command -v mandoc >/dev/null; then
    mandoc -T lint page 2>&1 | grep -vE 'mandoc\.db|referenced manual not found' >wrong || :
    [ ! -s wrong ] || fail "mandoc finds: $(cat wrong)"
fi
if command -v groff >/dev/null; then
    groff -ww -mdoc -Tutf8 page 2>wrong >/dev/null || fail "groff fails on the manual"
    [ ! -s wrong ] || fail "groff warns: $(cat wrong)"
fi

# What was planted is noticed: sections, options, sentences, keys and names that are lost, doubled or changed.
noticed() { # noticed WHAT PROGRAM-OF-AWK
    awk "$2" page >faulty
    cmp -s page faulty && fail "nothing was planted for: $1"
    python3 "$here/manual_page.py" faulty "$program" answers >wrong && fail "not noticed: $1"
    [ -s wrong ] || fail "said nothing of: $1"
}
noticed "a lost command" '/^\.Ss / { off = /^\.Ss compare$/ } !off'
noticed "a doubled command" '/^\.Ss / { if (on) { printf "%s", text; on = 0 } on = /^\.Ss table$/ } on { text = text $0 "\n" } 1'
noticed "a command out of another's middle" '{ print } /^\.Ss db$/ { print ".Ss table" }'
noticed "a command that is not listed" '!/^\.It Ic "fit"/'
noticed "a command that the program does not have" '/^\.Ss fit$/ { print ".Ss fitt" } 1'
noticed "a lost option" '/^\.Ss / { in_run = /^\.Ss run$/ } in_run && /^\.It / { off = /Fl -nice/ } !in_run { off = 0 } !off'
noticed "a doubled option" '/^\.It Fl -nice/ { print; print "twice" } 1'
noticed "an option's text cut off" '/^\.It / { cut = /Fl -nice/ } cut && /^[^.]/ { sub(/ [^ ]*$/, "") } 1'
noticed "a lost shared option" '/^\.Sh / { on = /SEVERAL/ } on && /^\.It / { off = /Fl -class-map/ } !off'
noticed "a shared option that is not referred to" '/^\.Ss / { on = /^\.Ss eval$/ } !(on && /^\.Fl -class-map/)'
noticed "details cut off" '/^\.Ss / { on = /^\.Ss collect$/ } !(on && /^[^.]/ && ++n == 4)'
noticed "a lost key" '/^\.It Li/ { off = /recipe\.batch"/ } /^\.El/ { off = 0 } !off'
noticed "a doubled model" '{ print } /^\.It Li "resnet18"/ { print }'
noticed "a lost table" '/^\.It Li/ { off = /"table3"/ } /^\.El/ { off = 0 } !off'

grep -q "^\.It 130" page || fail "the manual lacks the exit status of an interruption"
