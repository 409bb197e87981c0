#!/usr/bin/env python3
"""What Pillow makes of images: decoded pixels and resized ones, for tests/data/test_image.c.

    make_references.py                       writes files/*, references.tsv and hashes.tsv beside itself
    make_references.py table FOLDER [N]      prints hashes of N images (200) below FOLDER, for HASHES=file of the test

Development only: needs python3-pil, python3-numpy, and cjpeg of libjpeg-turbo-progs. Files that it does not write
(odd_adobe_t2_nojfif.jpg, odd_cmyk420.jpg, odd_exif_empty.png, odd_jfif_2_01.jpg, odd_samp_1x4.jpg, odd_sos_se0.jpg,
odd_stray.jpg, refused_cut.jpg, refused_palette_index.png, refused_stray_cut.jpg) are as cameras and editors made them.
Some decoders refuse what is odd; what is refused_ here, Pillow refuses too, or decodes to colours that nobody meant,
or it is longer than images may be here.
"""
import hashlib
import os
import struct
import subprocess
import sys
import zlib

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, "files")


def picture(width, height, seed):
    """Smooth colours with an edge and some noise: every step of a decoder shows."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    channels = [127 + 90 * np.sin(x / 3.1 + c) + 30 * np.cos(y / 2.3 - c) + 60 * (x > y) for c in range(3)]
    pixels = np.stack(channels, 2) + rng.normal(0, 6, (height, width, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def save_all():
    image = picture(19, 14, 1)
    image.save(os.path.join(FILES, "colour_420.jpg"), quality=80, subsampling=2)
    image.save(os.path.join(FILES, "colour_444.jpg"), quality=90, subsampling=0)
    image.save(os.path.join(FILES, "progressive.jpg"), quality=85, progressive=True)
    image.convert("L").save(os.path.join(FILES, "grey.jpg"), quality=85)
    image.convert("CMYK").save(os.path.join(FILES, "cmyk.jpg"), quality=90)
    image.save(os.path.join(FILES, "colour.png"))
    image.convert("L").save(os.path.join(FILES, "grey.png"))
    image.quantize(16).save(os.path.join(FILES, "palette.png"))
    alpha = image.convert("RGBA")
    alpha.putalpha(picture(19, 14, 2).convert("L"))
    alpha.save(os.path.join(FILES, "alpha.png"))
    image.convert("LA").save(os.path.join(FILES, "grey_alpha.png"))
    image.convert("1").save(os.path.join(FILES, "one_bit.png"))


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def save_png(name, width, height, depth, colour, rows, extra=b""):
    """A PNG of a kind that Pillow does not write: rows are bytes without their filter byte."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    with open(os.path.join(FILES, name), "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + extra + png_chunk(b"IDAT", body) +
                   png_chunk(b"IEND", b""))


def save_sampled():
    """Every sampling of two chroma channels that libjpeg decodes and nobody has a name for, and scans of one channel."""
    source = os.path.join(FILES, "source.ppm")
    picture(37, 29, 7).save(source)

    def convert(name, *arguments):
        with open(os.path.join(FILES, name), "wb") as file:
            subprocess.run(["cjpeg", "-quality", "75", *arguments, source], stdout=file, check=True)

    for sampling in SAMPLINGS:
        convert(f"odd_sampled_{sampling.replace(',', '_')}.jpg", "-sample", sampling)
    scans = os.path.join(FILES, "scans")
    with open(scans, "w", encoding="ascii") as file:
        file.write("0;\n1;\n2;\n")
    convert("odd_scans.jpg", "-scans", scans)
    convert("odd_sampled_4x4.jpg", "-sample", "4x4", "-scans", scans)
    convert("odd_arithmetic.jpg", "-arithmetic")
    convert("odd_restarts.jpg", "-restart", "1B")
    os.remove(scans)
    os.remove(source)
    with open(os.path.join(FILES, "odd_scans.jpg"), "rb") as file:
        whole = file.read()
    # All but the scan of the last channel: Pillow makes up a colour for it.
    with open(os.path.join(FILES, "refused_channel_missing.jpg"), "wb") as file:
        file.write(whole[:whole.rindex(b"\xff\xda")] + b"\xff\xd9")


SAMPLINGS = ["1x3", "1x4", "2x3", "2x4", "3x1", "3x2", "4x2", "4x1", "2x2,2x1,2x1", "2x2,1x2,1x2", "2x1,2x1,1x1",
             "2x2,2x2,1x1", "1x1,2x2,1x1"]


def interlaced(name, width, height, depth, indices, colours):
    """A palette with Adam7, which Pillow does not write."""
    body = b""
    for x, y, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        for row in indices[y::dy]:
            bits = "".join(format(int(index), f"0{depth}b") for index in row[x::dx])
            if bits:
                bits += "0" * (-len(bits) % 8)
                body += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    header = struct.pack(">IIBBBBB", width, height, depth, 3, 0, 0, 1)
    with open(os.path.join(FILES, name), "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"PLTE", colours) +
                   png_chunk(b"IDAT", zlib.compress(body)) + png_chunk(b"IEND", b""))


def save_odd():
    """Kinds of files that sets scraped from the web have."""
    rng = np.random.default_rng(3)
    image = picture(37, 29, 4)
    for name, sampling in [("odd_422.jpg", 1), ("odd_420.jpg", 2)]:
        image.save(os.path.join(FILES, name), quality=70, subsampling=sampling)
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(os.path.join(FILES, "odd_orientation.jpg"), quality=80, exif=exif)
    image.save(os.path.join(FILES, "odd_profile.jpg"), quality=80, icc_profile=b"not a profile " * 9)
    image.convert("CMYK").save(os.path.join(FILES, "odd_cmyk.jpg"), quality=75)
    picture(1, 23, 5).save(os.path.join(FILES, "odd_1x23.jpg"), quality=80)
    picture(17, 1, 6).save(os.path.join(FILES, "odd_17x1.png"))
    transparent = image.quantize(7)
    transparent.save(os.path.join(FILES, "odd_palette_transparent.png"), transparency=2)
    image.quantize(3).save(os.path.join(FILES, "odd_palette_2bit.png"), bits=2)
    image.save(os.path.join(FILES, "odd_gamma.png"))
    for depth in (2, 4):
        rows = [bytes(rng.integers(0, 256, (21 * depth + 7) // 8, dtype=np.uint8)) for _ in range(9)]
        save_png(f"odd_grey_{depth}bit.png", 21, 9, depth, 0, rows)
    wide = rng.integers(0, 256, (9, 21 * 6), dtype=np.uint8)
    save_png("odd_rgb_16bit.png", 21, 9, 16, 2, [bytes(row) for row in wide])
    save_png("odd_rgba_16bit.png", 15, 9, 16, 6, [bytes(row)[:120] for row in wide])
    save_png("odd_grey_transparent.png", 21, 9, 8, 0, [bytes(row)[:21] for row in wide],
             png_chunk(b"tRNS", struct.pack(">H", 77)))
    save_png("odd_rgb_transparent.png", 21, 9, 8, 2, [bytes(row)[:63] for row in wide],
             png_chunk(b"gAMA", struct.pack(">I", 30000)) + png_chunk(b"tRNS", struct.pack(">HHH", 7, 8, 9)))
    save_sampled()
    indices = rng.integers(0, 3, (9, 21))
    interlaced("odd_interlaced_palette_2bit.png", 21, 9, 2, indices, bytes(range(20, 29)))
    # Pillow turns this one nearly white, so it is refused here.
    save_png("refused_grey_16bit.png", 21, 9, 16, 0, [bytes(row)[:42] for row in wide])
    save_png("refused_long.png", 30000, 1, 8, 2, [bytes(90000)])  # longer than an image may be here


SIZES = [(0, "decode"), (64, "bilinear"), (64, "bicubic"), (301, "bilinear"), (301, "bicubic")]


def hash_lines(path, name):
    """A line for the pixels as decoded, and for squares of several sizes."""
    image = Image.open(path).convert("RGB")
    for side, how in SIZES:
        made = image
        if side:
            made = image.resize((side, side), Image.BICUBIC if how == "bicubic" else Image.BILINEAR)
        yield "\t".join([name, how, f"{made.width}x{made.height}", hashlib.sha256(made.tobytes()).hexdigest()[:16]])


def print_table(folder, count):
    paths = sorted(os.path.join(where, file) for where, _, files in os.walk(folder) for file in files
                   if file.lower().endswith((".jpg", ".jpeg", ".png")))
    print(f"# made by make_references.py with Pillow {Image.__version__}: file, how, size, SHA-256 of RGB (16 digits)")
    greys = [path for path in paths if Image.open(path).mode == "L"]
    chosen = set(greys[::max(1, len(greys) // 20)]) | set(paths[::max(1, len(paths) // count)])
    for path in sorted(chosen)[:count]:
        for text in hash_lines(path, os.path.relpath(path, folder)):
            print(text)


def line(kind, name, arguments, image):
    return "\t".join([kind, name, arguments, f"{image.width}x{image.height}", image.tobytes().hex()])


def main():
    os.makedirs(FILES, exist_ok=True)
    save_all()
    save_odd()
    lines = [f"# made by make_references.py with Pillow {Image.__version__}: kind, file, box and size, size, RGB"]
    for name in sorted(os.listdir(FILES)):
        if name.startswith(("odd_", "refused_")):
            continue
        lines.append(line("decode", name, "-", Image.open(os.path.join(FILES, name)).convert("RGB")))
    source = Image.open(os.path.join(FILES, "colour.png"))
    boxes = [(0, 0, 19, 14), (2, 3, 11, 9), (1, 0, 17, 12)]
    for x, y, w, h in boxes:
        for size in [(7, 5), (19, 14), (31, 40), (1, 1), (8, 28)]:
            for kind, how in [("resize", Image.BILINEAR), ("bicubic", Image.BICUBIC)]:
                whole = source.crop((x, y, x + w, y + h)).resize(size, how)
                for left, top, right, bottom in [(0, 0, *size), (size[0] // 3, size[1] // 4, size[0] // 2 + 1, size[1])]:
                    place = f"{x} {y} {w} {h} {size[0]} {size[1]} {left} {top}"
                    lines.append(line(kind, "colour.png", place, whole.crop((left, top, right, bottom))))
    with open(os.path.join(HERE, "references.tsv"), "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    with open(os.path.join(HERE, "hashes.tsv"), "w", encoding="ascii") as file:
        file.write(f"# made by make_references.py with Pillow {Image.__version__}: file, how, size, SHA-256 of RGB\n")
        for name in sorted(os.listdir(FILES)):
            if not name.startswith("refused_"):
                file.write("".join(text + "\n" for text in hash_lines(os.path.join(FILES, name), name)))


if len(sys.argv) > 2 and sys.argv[1] == "table":
    print_table(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 200)
else:
    main()
