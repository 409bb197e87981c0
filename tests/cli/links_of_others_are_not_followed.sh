# A link of another user in a folder that many share does not say which file is written, nor which lists are read; and
# no error quotes what is in a file of the reader's, since errors of jobs go where others read them.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
expect 0 run s.yaml -q
mkdir home shared
echo 'machine x login bob password SECRET' >home/netrc
chmod 600 home/netrc

# A class map that is another file.
mkdir -p images/train/a images/train/b images/val/a images/val/b
for set in train val; do
    for class in a b; do cp "$(dirname "$0")"/../data/files/grey.png "images/$set/$class/"; done
done
! "$program" train mobilenet_v1 --data folder --root images --class-map "$PWD/home/netrc" --epochs 1 --width 0.25 \
    --input 32 --batch 2 >stdout 2>stderr || fail "a file of passwords is a class map"
! grep -q SECRET stdout stderr || fail "an error quotes a file that is no class map"
grep -q 'netrc:1: ' stderr || fail "the error does not name file and line: $(cat stderr)"

[ "$(id -u)" = 0 ] || { echo "only the superuser can make links of other users"; exit 77; }
ln -s "$PWD/home/keys" shared/s.db
chown -h nobody shared/s.db
status=0
"$program" db merge shared/s.db s.db >stdout 2>stderr || status=$?
[ $status = 2 ] || fail "db merge into a link of another user ended with $status"
said 'of another user'
status=0
"$program" run s.yaml --db shared/s.db >stdout 2>stderr || status=$?
[ $status = 2 ] || fail "run into a link of another user ended with $status"
[ ! -e home/keys ] && [ ! -e home/keys.d ] || fail "a file was made where the link of another user leads"
ln -s "$PWD/home/netrc" shared/out.csv
chown -h nobody shared/out.csv
before=$(cat home/netrc)
status=0
"$program" export --db s.db -o shared/out.csv >stdout 2>stderr || status=$?
[ $status = 2 ] || fail "an output through a link of another user ended with $status"
[ "$(cat home/netrc)" = "$before" ] || fail "an output was written through a link of another user"

# One's own are followed as ever.
ln -s "$PWD/own.csv" shared/mine.csv
expect 0 export --db s.db -o shared/mine.csv
[ -s own.csv ] || fail "an output does not follow one's own link"
