# Whatever stands in results/published is what its commands make of its database, and its pages hold those very tables.
. "$(dirname "$0")/common.bash"
published=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../results/published" && pwd)
command -v gnuplot >/dev/null || { echo "needs gnuplot (Debian: gnuplot-nox)"; exit 77; }
n=0
for folder in "$published"/*/; do
    name=$(basename "$folder")
    cp -r "$folder" "$name"
    for file in "$name"/*; do
        case $file in
        *.db | */README.md) ;;
        *) rm "$file" ;; # it has to come out of the commands
        esac
    done
    SCALESTUDY=$program "$published/publish.sh" "$name" 2>stderr >stdout || fail "$name: a command fails"
    [ "$(ls "$name")" = "$(ls "$folder")" ] || fail "$name has other files than its commands make: $(ls "$name")"
    for file in "$name"/*; do
        case $file in
        *.svg | *.db) continue ;; # gnuplots draw differently; the data is what is compared
        esac
        cmp -s "$file" "$folder/$(basename "$file")" ||
            fail "$file is not what its database says: results/published/publish.sh results/published/$name"
    done
    [ "$(stat -c %s "$name/$name.db")" -lt 1000000 ] || fail "$name.db has a megabyte or more"
    n=$((n + 1))
done
[ "$n" -gt 0 ] || fail "nothing is published"
