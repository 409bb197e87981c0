# The path of a run folder is a part of the lines of scripts: one with a line break is refused, when it is made and when
# it is opened, and nothing is made or sent.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
odd=$(printf 'a\n#SBATCH --wrap=x')
mkdir "$odd"
expect 2 submit s.yaml --db none.db --via hand --run "$odd/s.run"
said "line break"
[ -z "$(ls "$odd")" ] || fail "something was made before the path was refused"
expect 0 submit s.yaml --db none.db --via hand --run plain.run
mv plain.run "$odd/s.run"
program=$(realpath "$program")
for command in status work collect "cancel --where 1" "submit ../s.yaml --run"; do
    status=0
    # shellcheck disable=SC2086
    (cd "$odd" && "$program" $command s.run >../stdout 2>../stderr) || status=$?
    [ $status = 2 ] || fail "$command of such a folder ended with $status"
    said "line break"
done
