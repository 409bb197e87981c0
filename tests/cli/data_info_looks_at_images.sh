# data info reads images if asked, warns of test images that are in train too, and writes a page that loads nothing.
. "$(dirname "$0")/common.bash"
files=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)
mkdir -p set/train/a set/train/b set/test/a set/test/b
cp "$files/colour.png" "set/train/a/one.png"
cp "$files/odd_420.jpg" set/train/b/two.jpg
cp "$files/odd_palette_2bit.png" set/test/a/other.png
cp "$files/palette.png" set/test/b/other.png
expect 0 data info folder --root set --pixels --format csv
grep -q '^train,2,19,14,37,29,' stdout || fail "sizes are wrong: $(cat stdout)"
grep -q warning stderr && fail "a warning without a reason: $(cat stderr)"
cp set/train/a/one.png set/test/b/same.png
expect 0 data info folder --root set --pixels --format csv
said "1 of the test images are also training images"
said "test/b/same.png is train/a/one.png"

mkdir 'set/train/<b>' 'set/test/<b>'
cp "$files/colour.png" 'set/train/<b>/x.png'
cp "$files/grey.png" 'set/test/<b>/x.png'
expect 0 data info folder --root set --input 24 --augment horizontal_flip --rand-augment 9 -o page.html
[ "$(grep -o 'data:image/png;base64,' page.html | wc -l)" = 18 ] || fail "not 3 rows of 6 images"
grep -q '&lt;b>' page.html || fail "a class's name is not escaped"
grep -qE 'https?://|<script|<link|<b>' page.html && fail "the page loads something"
expect 0 data info folder --root set --input 24 --augment horizontal_flip --rand-augment 9 -o sheet.png
# 240 + 6 tiles of 96 with 6 between + 16, 104 + 3 tiles with 6 between + 16.
[ "$(od -An -tu4 --endian=big -j16 -N8 sheet.png | tr -s ' ')" = " 862 420" ] || fail "another size: $(od -j16 -N8 sheet.png)"
grep -q '<b>' sheet.png.gp || fail "no label of a class"
expect 2 data info folder --root set -o page.gif
said "html"
expect 2 data info folder --root set -o missing/sheet.png
said "missing"
expect 2 data info folder --root set --input 0 -o page.html
said "input"
