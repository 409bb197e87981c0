#!/bin/bash
# results/published/publish.sh FOLDER [F.db]: make everything in a folder of published results from its database again.
#
# FOLDER/README.md is the page of those results. Its lines of the form "    scalestudy ..." are run in FOLDER, in order;
# then what stands between "<!-- NAME.md -->" and "<!-- end of NAME.md -->" becomes the file NAME.md. With F.db, a
# compact copy of that becomes FOLDER's database first, under the folder's name.
#
# A test does the same in a copy and compares, so that a page cannot say what its database does not.
set -eu -o pipefail
folder=$1
program=$(realpath "${SCALESTUDY:-$(dirname "$0")/../../build/scalestudy}")
if [ $# -gt 1 ]; then
    database=$folder/$(basename "$(realpath "$folder")").db
    rm -f "$database"
    "$program" db backup "$2" "$database"
fi
cd "$folder"
scalestudy() {
    "$program" "$@"
}
commands=$(grep '^    scalestudy ' README.md)
eval "$commands"
rm -f ./*.db.before-v* # of a database that an older program made
for database in *.db; do
    "$program" db check "$database" >&2
done
for part in $(sed -n 's/^<!-- \([a-z0-9_-]*\.md\) -->$/\1/p' README.md); do
    awk -v part="$part" '
        $0 == "<!-- end of " part " -->" { inside = 0 }
        !inside { print }
        $0 == "<!-- " part " -->" { inside = 1; while ((getline line <part) > 0) print line }' README.md >README.new
    mv README.new README.md
done
