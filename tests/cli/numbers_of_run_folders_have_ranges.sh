# What run.json of somebody's folder says is in the ranges that `submit` and studies have, or the folder is refused: a
# million threads would take all of the memory.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
expect 0 submit s.yaml --via hand
cp s.run/run.json kept
with() {
    sed "s|\"$1\": [-0-9.e+]*|\"$1\": $2|" kept >s.run/run.json
    cmp -s kept s.run/run.json && fail "run.json has no $1"
    for command in work collect status; do
        expect 2 $command s.run
        said "run.json: $1 is"
        said 'it must be from'
    done
}
with loader_threads 1000000
with loader_threads -5
with threads 2147483647
with threads 0
with retries 2147483647
with retries -1
with takeover_seconds 1e-300
with takeover_seconds 1e300
with checkpoint_seconds -1
with checkpoint_seconds 1e308

# A study that the folder's plan does not have.
sed 's|"study": "[^"]*"|"study": "other"|' kept >s.run/run.json
for command in work collect status; do
    expect 2 $command s.run
    said "no study 'other'"
done
cp kept s.run/run.json
expect 0 work s.run -q
