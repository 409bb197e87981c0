# A packed set that is cut off while a study reads it: the job fails in words, and is done when the set is whole again.
. "$(dirname "$0")/common.bash"
expect 0 data pack shapes -o whole.pack --loader-threads 2 --quiet
cp whole.pack set.pack
# Crops are made anew in each epoch, so that images are read to the end and not kept.
study s.yaml 12 '[0]'
sed -i "s|^data:.*|data: {name: shapes, packed: $PWD/set.pack, train_images: 256, test_images: 64}|
    s|horizontal_flip|random_resized_crop|" s.yaml

"$program" run s.yaml --workers 1 --db s.db >stdout 2>stderr &
run=$!
wait_until "a checkpoint" has_checkpoint s.db
: >set.pack
status=0
wait $run || status=$?
[ $status = 3 ] || fail "without its images it ended with $status, not 3"
expect 0 jobs --db s.db --state failed --format json
grep -q 'set.pack was truncated while it was in use' stdout || fail "the job does not say why: $(cat stdout)"
grep -q 'signal' stdout && fail "a job died of a signal: $(cat stdout)"

# One job, without a study: exit 1 while it reads, 2 for a file that was no packed set from the start.
expect 2 data speed shapes --packed "$PWD/set.pack" --input 32 --seconds 0.1
said "is not a packed set"
cp whole.pack set.pack
"$program" data speed shapes --packed "$PWD/set.pack" --input 32 --seconds 60 >stdout 2>stderr &
feeding=$!
has_opened_set() { find "/proc/$feeding/fd" -lname '*/set.pack' | found .; }
wait_until "the set to be open" has_opened_set
sleep 0.5
: >set.pack
status=0
wait $feeding || status=$?
[ $status = 1 ] || fail "feeding without a file ended with $status, not 1"
said "truncated while it was in use"

cp whole.pack set.pack
expect 0 run s.yaml --db s.db --retry-failed
[ "$(status_of s.db done)" = 2 ] || fail "with the set whole again not all jobs were done"
results s.db disturbed
rm -rf s.db*
expect 0 run s.yaml --db s.db
results s.db quiet
cmp -s disturbed quiet || fail "what was tried again has other results: $(diff disturbed quiet)"
