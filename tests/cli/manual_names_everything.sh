# The manual page has every command, and every option of it, that --help shows.
. "$(dirname "$0")/common.bash"
manual=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/harness/scalestudy.1
manual=${SCALESTUDY_MANUAL:-$manual}
expect 0 --help
for command in $(awk '/^  [a-z]+  / && $1 != "scalestudy" { print $1 }' stdout); do
    grep -qE "^\.It Cm $command( |\$)" "$manual" || fail "the manual has no command $command"
    expect 0 "$command" --help
    options=$(grep -oE '^  (-., |    )--[a-z0-9-]+' stdout | grep -oE -- '--[a-z0-9-]+')
    for of in $(sed -n '/^Commands:/,/^$/ s/^\([a-z]*\) .*/\1/p' stdout); do
        grep -qE "^\.It Cm $command $of( |\$)" "$manual" || fail "the manual has no $command $of"
        expect 0 "$command" "$of" --help
        grep -q '^Example:' stdout || fail "$command $of --help shows no example"
        options+=" $(grep -oE '^  (-., |    )--[a-z0-9-]+' stdout | grep -oE -- '--[a-z0-9-]+')"
    done
    [ -n "$options" ] || fail "$command --help shows no options"
    for option in $options; do
        grep -qE "Fl -${option#--}( |\$)" "$manual" || fail "the manual has no $option, an option of $command"
    done
done
if command -v groff >/dev/null; then
    groff -ww -mdoc -Tutf8 "$manual" 2>stderr >/dev/null || fail "groff fails on the manual"
    [ -s stderr ] && fail "groff warns about the manual"
fi
grep -q 130 "$manual" || fail "the manual lacks the exit status of an interruption"
