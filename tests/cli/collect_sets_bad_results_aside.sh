# Results that are damaged, empty, of another run folder or no results at all are set aside and named, harm nothing,
# and their jobs are done again.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0, 1]'
for run in a b; do
    expect 0 submit s.yaml --run $run.run --via hand
    expect 0 work $run.run
done
expect 0 collect a.run
results a.db a
cd b.run/results
results_of_b=(*)
cd ../..
cp a.run/results/"${results_of_b[0]}" b.run/results/"${results_of_b[0]}"
head -c 3000 /dev/zero | tr '\0' 'x' >b.run/results/"${results_of_b[1]}"
truncate -s 3000 b.run/results/"${results_of_b[2]}"
echo hello >b.run/results/hello
cp a.run/results/"${results_of_b[0]}" b.run/results/"$(printf '%064d' 7)".2.done
# Somebody who may not write in the folder, if that can be had here (root may everywhere, but for this).
chmod a-w b.run/results
read_only=()
[ "$(id -u)" != 0 ] || read_only=(setpriv --bounding-set=-dac_override)
if ! "${read_only[@]}" touch b.run/results/x 2>/dev/null; then
    status=0
    "${read_only[@]}" "$program" collect b.run --db reader.db >stdout 2>stderr || status=$?
    [ $status = 1 ] || fail "who may not set aside gets status $status"
    [ "$(grep -c 'left out; to set it aside is for' stderr)" = 5 ] || fail "the bad results are not named to a reader"
    [ "$(status_of reader.db done)" = 1 ] || fail "the good result was not collected by a reader"
fi
rm -f b.run/results/x
chmod u+w b.run/results
expect 1 collect b.run
for i in 0 1 2; do
    grep -q "${results_of_b[$i]}.*set aside" stderr || fail "the bad result $i is not named"
done
grep -q 'another run folder' stderr || fail "it does not say that a result is of another folder"
grep -q 'hello' stderr || fail "the foreign file is not named"
said "5 results set aside"
[ "$(ls b.run/results | wc -l)" = 1 ] || fail "not all bad results were moved away"
[ "$(status_of b.db done)" = 1 ] || fail "the good result was not collected"
expect 0 work b.run
expect 0 collect b.run
results b.db b
cmp a b || fail "the results differ"
