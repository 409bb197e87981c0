# The lines of harness/cluster/README.md from a fresh lab to the first table are typed here as they stand there. Only the
# images are fewer.
. "$(dirname "$0")/common.bash"

tree=$(cd "$(dirname "$0")/../.." && pwd)
git -C "$tree" rev-parse HEAD >/dev/null 2>&1 || { echo "no git to clone the tree with"; exit 77; }
awk '/From a fresh lab under Slurm to the first table:$/ { on = 1; next } on && /^[^ ]/ { exit } on && /^    / {
    print substr($0, 5) }' "$tree/harness/cluster/README.md" >lines
[ "$(wc -l <lines)" = 10 ] || fail "harness/cluster/README.md has not ten lines: $(cat lines)"
start_cluster
# URL is this tree.
ln -s "$tree" URL
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
# What has been compiled of the same sources need not be again.
prepare_clone() {
    if [ -z "$(git -C "$tree" status --porcelain --untracked-files=no)" ] && [ -d "$tree/build/release" ]; then
        mkdir build
        cp -r "$tree/build/release" build/release
        find build -exec touch {} +
    fi
    sed -i 's/train_images: [0-9]*, test_images: [0-9]*/train_images: 32, test_images: 16/; s/batch: 32/batch: 8/' \
        configs/studies/table3.yaml
}
n=0
here=$PWD
while read -r -u 3 line; do
    n=$((n + 1))
    echo "$SECONDS s: $line"
    case $line in
    *" collect "*) wait_until "the results" is_finished table3.run 16 ;;
    esac
    eval "$line" >"$here/stdout" 2>"$here/stderr" || { status=$?; cd "$here" && fail "this ended with $status: $line"; }
    cp "$here/stdout" "$here/stdout.$n"
    cp "$here/stderr" "$here/stderr.$n"
    if [ $n = 1 ]; then prepare_clone; fi
done 3<lines
[ "$PWD" = "$here/scalestudy" ] || fail "the lines do not work in the clone"
cd "$here"
grep -q '^#SBATCH --array' stdout.4 || fail "the fourth line shows no script"
grep -q '16 jobs sent' stderr.5 || fail "the fifth line did not send the study: $(cat stderr.5)"
grep -q 'of the queue\|done' stderr.6 || fail "the sixth line says nothing of the queue: $(cat stderr.6)"
[ "$(grep -c 'mobilenet\|resnet\|efficientnet' stdout.7)" = 16 ] || fail "the seventh line does not list 16 jobs"
grep -q '16 results added' stderr.8 || fail "the eighth line did not collect them: $(cat stderr.8)"
[ "$(grep -c 'mobilenet\|resnet' stdout.9)" -ge 14 ] || fail "the ninth line has not the rows of Table 3"
grep -q '</svg>' scalestudy/table3.svg || fail "the tenth line drew nothing"
