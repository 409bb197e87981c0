#!/usr/bin/env python3
"""What Pillow makes of small images: decoded pixels and resized ones, for tests/data/test_image.c.

Development only: needs python3-pil and python3-numpy. Writes files/* and references.tsv beside itself.
"""
import os

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


def line(kind, name, arguments, image):
    return "\t".join([kind, name, arguments, f"{image.width}x{image.height}", image.tobytes().hex()])


def main():
    os.makedirs(FILES, exist_ok=True)
    save_all()
    lines = [f"# made by make_references.py with Pillow {Image.__version__}: kind, file, box and size, size, RGB"]
    for name in sorted(os.listdir(FILES)):
        lines.append(line("decode", name, "-", Image.open(os.path.join(FILES, name)).convert("RGB")))
    source = Image.open(os.path.join(FILES, "colour.png"))
    boxes = [(0, 0, 19, 14), (2, 3, 11, 9), (0.5, 1.25, 17.75, 12)]
    for x, y, w, h in boxes:
        for size in [(7, 5), (19, 14), (31, 40), (1, 1), (8, 28)]:
            resized = source.resize(size, Image.BILINEAR, box=(x, y, x + w, y + h))
            lines.append(line("resize", "colour.png", f"{x} {y} {w} {h} {size[0]} {size[1]}", resized))
    with open(os.path.join(HERE, "references.tsv"), "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")


main()
