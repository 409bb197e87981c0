#!/usr/bin/env python3
"""What torchvision and Pillow make of small images, and AutoAugment's policies, for tests/data/test_augment.c.

Development only: needs python3-torchvision. Writes augment.tsv beside itself: "op, image, magnitude, hash" and
"policy, number, op, probability, level" twice a line.
"""
import hashlib
import os

import torchvision
from PIL import Image
from torchvision.transforms import InterpolationMode, autoaugment

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = ["colour.png", "odd_orientation.jpg"]


def magnitudes(name, width, height):
    """Levels of the tables of RandAugment and AutoAugment, with both signs."""
    for bins in (10, 31):
        values, signed = autoaugment.AutoAugment()._augmentation_space(bins, (height, width))[name]
        if values.ndim == 0:
            yield 0, 1, 0.0
            return
        for level in range(0, bins, 3):
            yield level, bins, float(values[level].item())
            if signed:
                yield level, bins, -float(values[level].item())


def main():
    lines = [f"# made by make_augment_references.py with torchvision {torchvision.__version__}, Pillow {Image.__version__}"]
    for file in FILES:
        image = Image.open(os.path.join(HERE, "files", file)).convert("RGB")
        for name in autoaugment.AutoAugment()._augmentation_space(10, (1, 1)):
            for level, bins, magnitude in magnitudes(name, image.width, image.height):
                made = autoaugment._apply_op(image, name, magnitude, InterpolationMode.NEAREST, None)
                digest = hashlib.sha256(made.tobytes()).hexdigest()[:16]
                lines.append(f"op\t{name}\t{file}\t{level}\t{bins}\t{magnitude!r}\t{digest}")
    for policy in (autoaugment.AutoAugmentPolicy.IMAGENET, autoaugment.AutoAugmentPolicy.CIFAR10):
        for number, pair in enumerate(autoaugment.AutoAugment(policy).policies):
            for place, (name, probability, level) in enumerate(pair):
                level = 0 if level is None else level
                lines.append(f"policy\t{policy.value}\t{number}\t{place}\t{name}\t{probability}\t{level}")
    with open(os.path.join(HERE, "augment.tsv"), "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")


main()
