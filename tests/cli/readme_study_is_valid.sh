# The studies that README.md and configs/README.md show are such. The one of photographs is planned on a folder laid out
# as it says, the one with short forms with the file that it includes.
. "$(dirname "$0")/common.bash"
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

for split in train test; do
    for class in robin wren; do
        mkdir -p "photos/$split/$class"
        cp "$repository/tests/data/files/colour_420.jpg" "photos/$split/$class/1.jpg"
    done
done
# block N FILE: the N-th block of YAML in a file.
block() {
    awk -v wanted="$1" '/^```yaml$/ { n++; inside = 1; next } /^```$/ { inside = 0 } inside && n == wanted' \
        "$repository/$2"
}
block 1 README.md >shapes.yaml
expect 0 plan shapes.yaml --format csv --no-estimate
[ "$(wc -l <stdout)" = 16 ] || fail "the README's study has not 5 networks x 3 seeds"

block 1 configs/README.md | sed 's|root: [^}]*|root: photos|' >birds.yaml
expect 0 plan birds.yaml --format csv --no-estimate
[ "$(wc -l <stdout)" = 16 ] || fail "the study of photographs has not 5 networks x 3 seeds"

block 2 configs/README.md >widths.yaml
printf 'data: {name: folder, root: photos}\nseeds: [0]\nrecipe: {batch: 64}\n' >lab.yaml
expect 0 study check widths.yaml --format csv
grep -q '^widths,2,4,' stdout || fail "the study with short forms has not 2 files and 4 models: $(cat stdout)"
