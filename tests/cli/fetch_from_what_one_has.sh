# --from takes an archive or a folder of files; what is there is not touched; verify names what is wrong with a file.
. "$(dirname "$0")/common.bash"
. "$(dirname "$0")/fetch.bash"
make_set birds 10
tar czf birds.tgz birds
tar cf flat.tar -C birds train test noise.bin

expect 0 data fetch folder --from birds.tgz --root one
same birds one || fail "an archive with a topmost folder"
expect 0 data fetch folder --from flat.tar --root two
same birds two || fail "an archive without one"
expect 0 data fetch folder --from flat.tar --root two
grep -q "already there" stderr || fail "what is there was fetched again"
mkdir own
touch own/file
expect 2 data fetch folder --from flat.tar --root own
said "did not write it"
expect 2 data fetch folder --from birds.tgz --root three --checksum "$(printf '%064d' 0)"
said "but --checksum says"
expect 2 data fetch folder --from birds.tgz --root three --checksum 12
said "64 digits"
expect 2 data fetch folder --from nowhere.tgz --root three
said "no file or folder"
expect 2 data fetch folder --root three
said "--from"
expect 2 data fetch shapes
said "nothing to fetch"
expect 2 data fetch mnist --from birds.tgz --root three
said "cannot be used"
head -c 5000 birds.tgz >cut.tgz
expect 2 data fetch folder --from cut.tgz --root three
[ ! -e three ] && [ ! -e three.part ] || fail "something is under the name of a set that was refused"

expect 0 data verify folder --root one
rm one/train/cat/a.png
truncate -s 10 one/train/dog/a.png
printf x | dd of=one/test/cat/b.jpg bs=1 seek=20 conv=notrunc 2>/dev/null
echo >>one/noise.bin
expect 2 data verify folder --root one --format csv
for row in 'train/cat/a.png,missing' 'train/dog/a.png,truncated: 10 of' 'test/cat/b.jpg,altered: another' 'noise.bin,altered: '; do
    grep -q "^$row" stdout || fail "no row $row"
done
[ "$(wc -l <stdout)" = 5 ] || fail "not four files are wrong"
said "4 of 9"
# Of a folder of the user's own, every image is decoded.
expect 0 data verify folder --root birds
truncate -s 30 birds/test/dog/a.png
expect 2 data verify folder --root birds --format csv
grep -q '^test/dog/a.png,' stdout || fail "a damaged image was not found"
