# A study sent by sbatch, in a folder with blanks and quotes in its name, gives the bits of `run`. Submitting again
# sends nothing. More tasks than an array may have become several arrays; short jobs share a task.
. "$(dirname "$0")/common.bash"

start_cluster MaxArraySize=3
mkdir "a \"folder's\" %a name" && cd "a \"folder's\" %a name"
study s.yaml 2 '[0, 1, 2]'
run_whole
expect 0 submit s.yaml --pack-seconds 0 --dry-run
[ ! -e s.run ] || fail "a dry run made the folder"
grep -q '^#SBATCH --array=0-2$' stdout || fail "the dry run does not show the script"
expect 0 submit s.yaml --pack-seconds 0 --format csv
[ "$(grep -c '^[0-9]' stdout)" = 2 ] || fail "6 tasks in arrays of 3 are not 2 arrays"
expect 0 submit s.yaml --pack-seconds 0
grep -q '; 0 jobs sent' stderr || fail "a second submit sent something"
wait_until "the results" is_finished s.run 6
check_run s
expect 0 submit s.yaml --run packed.run --db none.db --throttle 1
grep -q '6 jobs sent in 1 task of 1 array' stderr || fail "short jobs do not share a task"
wait_until "the results of a packed task" is_finished packed.run 6
check_run packed
