# logs --follow of a run folder shows epochs as they end, and ends with the job.
. "$(dirname "$0")/common.bash"
study tiny.yaml 2 '[0]'
expect 0 submit tiny.yaml --via hand --run tiny.run
"$program" jobs tiny.run --format csv >jobs.csv
id=$(grep -o '[0-9a-f]\{64\}' jobs.csv | tail -1)
timeout 150 "$program" logs tiny.run "$id" --follow >logs.out 2>&1 &
logs=$!
wait_until "a look at the job" test -s logs.out
expect 0 work tiny.run
wait $logs || fail "logs --follow did not end with the job: $(cat logs.out)"
grep -q '^epoch 2 test: ' logs.out && grep -q '^done at ' logs.out || fail "logs --follow saw no end: $(cat logs.out)"
