# A byte order mark at the start of a text changes nothing.
. "$(dirname "$0")/common.bash"
files=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)
marked() { printf '\357\273\277'; cat; }
study plain.yaml 1 '[0, 1]'
expect 0 plan plain.yaml --format csv
cp stdout plain.csv
marked <plain.yaml >marked.yaml
expect 0 plan marked.yaml --format csv
cmp -s stdout plain.csv || fail "a marked study has other jobs"

echo 'seeds: [0, 1]' | marked >seeds.yaml
{ echo 'include: seeds.yaml'; grep -v seeds: plain.yaml; } | marked >includes.yaml
expect 0 plan includes.yaml --format csv
cmp -s stdout plain.csv || fail "a marked file that is included gives other jobs"

printf 'partition: short\nmax_array: 1000\nmax_jobs: 1000\n' | marked >cluster.yaml
expect 0 submit plain.yaml --dry-run --cluster ./cluster.yaml
grep -q short stdout || fail "a marked cluster file is not taken"

mkdir -p set/train/one set/train/two set/test/one set/test/two
for place in train/one train/two test/one test/two; do
    cp "$files/colour.png" "set/$place/"
done
printf 'one\t1\ntwo\t0\n' | marked >map.txt
expect 0 data info folder --root set --class-map map.txt
printf 'path,class,split\ntrain/one/colour.png,x,train\ntest/two/colour.png,x,test\n' | marked >set/manifest.csv
expect 0 data info manifest --root set
