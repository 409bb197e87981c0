# The study that the README shows is one: planned on a folder of images laid out as it says.
. "$(dirname "$0")/common.bash"
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

for split in train test; do
    for class in robin wren; do
        mkdir -p "photos/$split/$class"
        cp "$repository/tests/data/files/colour_420.jpg" "photos/$split/$class/1.jpg"
    done
done
sed -n '/^```yaml$/,/^```$/p' "$repository/README.md" | grep -v '^```' | sed 's|root: [^}]*|root: photos|' >birds.yaml
expect 0 plan birds.yaml --format csv
[ "$(wc -l <stdout)" = 16 ] || fail "the README's study has not 5 networks x 3 seeds"
