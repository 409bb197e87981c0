# Photographs of odd shapes and with odd headers are trained and tested on; a damaged one is not packed.
. "$(dirname "$0")/common.bash"
files=$(dirname "$0")/../data/files
mkdir -p set/train/a set/train/b set/test/a set/test/b
python3 - <<'END'
import struct, zlib
def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
def png(path, width, height):
    rows = b"".join(b"\0" + bytes((x * y) % 256 for x in range(width * 3)) for y in range(height))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                   chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
png("set/test/a/tall.png", 2, 1600)
png("set/train/b/wide.png", 1600, 2)
END
cp "$files"/odd_{stray,sos_se0}.jpg set/train/a
cp "$files"/odd_{cmyk420,jfif_2_01,samp_1x4}.jpg set/test/b
cp "$files"/odd_{adobe_t2_nojfif.jpg,exif_empty.png} set/train/b
train() { # train OPTION...
    expect 0 train mobilenet_v1 -w 0.25 --input 32 --data folder --root set --epochs 1 --batch 2 --threads 1 "$@"
}
train --augment none
train --augment random_resized_crop,horizontal_flip
expect 0 data pack folder --root set -o set.pack
cp "$files/refused_stray_cut.jpg" set/test/a/cut.jpg
expect 2 data pack folder --root set -o cut.pack
said "test/a/cut.jpg: the JPEG is damaged or cut off (Premature end of JPEG file); replace or remove it"
[ ! -e cut.pack ] || fail "there is a pack of a damaged image"
