# Jobs that would not fit into memory together do not run together; one that can never fit is refused, with the batch
# that would fit.
. "$(dirname "$0")/common.bash"

study s.yaml 2 '[0, 1]'
expect 2 run s.yaml --memory 9M
said "s.yaml:14:9: mobilenet_v2 by baseline"
said "a batch of "
batch=$(grep -o 'a batch of [0-9]*' stderr | tr -dc 0-9)
sed "s/batch: 32/batch: $batch/" s.yaml >fits.yaml
expect 0 plan fits.yaml --format csv --no-estimate
[ "$(awk -F, 'NR == 2 { print $10 }' stdout)" -le 9000000 ] || fail "a batch of $batch does not fit"
sed "s/batch: 32/batch: $((batch + 1))/" s.yaml >fits.yaml
expect 0 plan fits.yaml --format csv --no-estimate
[ "$(awk -F, 'NR == 2 { print $10 }' stdout)" -gt 9000000 ] || fail "a batch of $((batch + 1)) would fit, too"

"$program" run s.yaml --memory 30M --workers 2 >stdout 2>stderr &
run=$!
most=0
while ! is_gone $run; do
    now=$(sqlite3 s.db "SELECT coalesce(sum(train_bytes), 0) FROM job WHERE state = 'running'" 2>/dev/null || echo 0)
    [ "$now" -gt $most ] && most=$now
    sleep 0.02
done
wait $run || fail "it ended with $?"
[ "$most" -gt 0 ] || fail "no job was seen to run"
[ "$most" -le 30000000 ] || fail "jobs of $most bytes ran together"

# The same two, which fit together, do not beside the images that they keep: 12 MB each.
sed -e 's/train_images: 256/train_images: 4096/' -e 's/epochs: 2/epochs: 1/' -e 's/^seeds:.*/seeds: [0]/' s.yaml >i.yaml
"$program" run i.yaml --memory 40M --workers 2 >stdout 2>stderr &
run=$!
most=0
while ! is_gone $run; do
    now=$(sqlite3 i.db "SELECT count(*) FROM job WHERE state = 'running'" 2>/dev/null || echo 0)
    [ "$now" -gt $most ] && most=$now
    sleep 0.02
done
wait $run || fail "it ended with $?"
[ "$most" = 1 ] || fail "$most jobs ran together, for whose images there is no room"
