# Names of files and classes may hold anything: no message, table or JSON has a control character or broken UTF-8 of
# theirs in it, and none has more lines than it should. CSV for programs has them as they are, on a terminal it does not.
. "$(dirname "$0")/common.bash"
python3 - <<'END'
import os, struct, zlib
def png(path, seed):
    rows = b"".join(b"\0" + bytes((seed * 37 + x * 5 + y * 3) & 255 for x in range(96)) for y in range(32))
    part = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b""))
names = [b"cat\x1b[31m", b"dog\nscalestudy: fake", b"cow\xc2\x9b5n", b"owl\xff\xfe", b"pig\x7f\x07", b"\xe2\x80\xaefig"]
for split in (b"train", b"test"):
    for number, name in enumerate(names):
        folder = b"set/" + split + b"/" + name
        os.makedirs(folder)
        for image in range(4):
            png(folder + b"/\x1b]0;x\x07%d.png" % image, number * 8 + image)
open(b"bad\x1b[2J\nimage.png", "wb").write(b"no image")
END
net="mobilenet_v2 -w 0.25 --input 32"

# plain LINES FILE: the file has LINES lines, of valid UTF-8, without controls and what overrides the direction of text.
plain() {
    [ "$(wc -l <"$2")" = "$1" ] || fail "$(wc -l <"$2") lines, not $1: $(cat -v "$2")"
    iconv -f utf-8 -t utf-8 "$2" >/dev/null || fail "no UTF-8: $(cat -v "$2")"
    if LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]' "$2"; then
        fail "controls: $(cat -v "$2")"
    fi
}

expect 0 data info folder --root set
plain 7 stdout
grep -qF 'dog?scalestudy: fake' stdout || fail "not the name: $(cat stdout)"
expect 0 data info folder --root set --format json
plain 8 stdout
python3 -c 'import json; print(sorted(row["name"] for row in json.load(open("stdout"))))' >names
grep -qF "'cat\\x1b[31m', 'cow\\x9b5n', 'dog\\nscalestudy: fake'" names || fail "JSON has other names: $(cat names)"
expect 0 data info folder --root set --format csv
grep -qaF $'"cat\e[31m"' stdout || fail "CSV for programs has other names: $(cat -v stdout)"
script -qec "'$program' data info folder --root set --format csv 2>/dev/null" /dev/null | tr -d '\r' >terminal
plain 7 terminal

# shellcheck disable=SC2086
{
    expect 0 train $net --data folder --root set --epochs 1 --batch 8 --save w.safetensors
    expect 0 predict $net --weights w.safetensors --data folder --root set --top 6 set/test/cat*/*0.png
    plain 7 stdout
    expect 0 predict $net --weights w.safetensors --data folder --root set --top 6 --format json set/test/cat*/*0.png
    plain 1 stdout
    expect 2 predict $net --weights w.safetensors --data folder --root set bad*
    plain 1 stderr
    expect 2 predict $net --weights $'none\e[2J\r' bad*
    plain 1 stderr
    expect 0 eval $net --weights w.safetensors --data folder --root set --scores scores
    [ "$(awk -F'\t' 'NF == 7' scores | wc -l)" = 24 ] || fail "not 24 rows of scores: $(cat -v scores)"
}
expect 2 study check $'no\e]0;title\a\nsuch.yaml'
plain 1 stderr
expect 2 $'co\e[5nunt'
plain 1 stderr
