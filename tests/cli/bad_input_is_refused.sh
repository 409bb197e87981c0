# What is wrong with a study, its data or its database is said with the place, before anything runs.
. "$(dirname "$0")/common.bash"

study good.yaml 1 '[0]'
sed 's/epochs:/epohcs:/' good.yaml >bad.yaml
for command in plan run; do
    expect 2 $command bad.yaml
    said "bad.yaml:4:3: the recipe has no key 'epohcs'; did you mean 'epochs'?"
done
sed 's/batch: 32/batch: many/' good.yaml >bad.yaml
expect 2 run bad.yaml
said "bad.yaml:5:10: batch: 'many' is not a whole number"
sed 's/method: width, w: 2/method: resolution, r: 0.001/' good.yaml >bad.yaml
expect 2 run bad.yaml
said "bad.yaml:15:9: "
[ ! -e bad.db ] || fail "a refused study left a database"

expect 2 run no-such.yaml
said "no-such.yaml"
expect 2 run .
said "folder"

# Missing data is one error of the study, not one of each job.
sed 's/name: shapes,/name: folder, root: no-such-folder,/' good.yaml >bad.yaml
expect 2 run bad.yaml
said "no-such-folder"
[ "$(grep -c no-such-folder stderr)" = 1 ] || fail "the missing folder is reported more than once"
[ ! -e bad.db ] || fail "a study without data left a database"

expect 2 run good.yaml --workers -1
said "--workers"
expect 2 run good.yaml --threads -1
said "--threads"

# Databases.
status=0
"$program" run good.yaml --db no-such-folder/x.db >stdout 2>stderr || status=$?
[ $status = 1 ] || [ $status = 2 ] || fail "a database in a missing folder: status $status"
said "no-such-folder"
echo "this is no database, it only says so in more than a hundred bytes of text, which is what SQLite looks at" >text.db
status=0
"$program" run good.yaml --db text.db >stdout 2>stderr || status=$?
[ $status = 1 ] || [ $status = 2 ] || fail "a text file as database: status $status"
said "text.db"
expect 2 status --db no-such.db
said "no-such.db"
expect 0 run good.yaml
expect 2 jobs good.yaml --state finished
said "--state"
expect 2 jobs --db good.db --study no-such-study
said "no-such-study"

# A database that cannot be written. Permissions do not bind root, who lends the test another user.
mkdir locked
cp good.db locked/good.db
chmod 555 locked
chmod 444 locked/good.db
as_user=
if [ "$(id -u)" = 0 ]; then
    command -v setpriv >/dev/null || exit 0
    as_user="setpriv --reuid=65534 --regid=65534 --clear-groups"
    chmod 755 .
    $as_user test -x "$PWD" && $as_user test -x "$program" || exit 0
fi
sed 's/seeds: \[0\]/seeds: [0, 1]/' good.yaml >more.yaml
status=0
$as_user "$program" run more.yaml --db locked/good.db >stdout 2>stderr || status=$?
[ $status = 1 ] || [ $status = 2 ] || fail "a read-only database: status $status"
said "locked/good.db"
