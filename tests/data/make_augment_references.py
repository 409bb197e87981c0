#!/usr/bin/env python3
"""What torchvision and Pillow make of small images, and AutoAugment's policies, for tests/data/test_augment.c.

    make_augment_references.py TRANSFORMS.PY

Development only: needs python3-torchvision, and of torchvision's repository references/classification/transforms.py,
which has mixup and CutMix and is in no package. Writes augment.tsv beside itself; what stands in its rows is said where
they are made. What torchvision draws is written down, so that the same can be made of the same draws.
"""
import hashlib
import importlib.util
import os
import sys

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision.transforms import InterpolationMode, RandomErasing, RandomResizedCrop, autoaugment
from torchvision.transforms import functional

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = ["colour.png", "odd_orientation.jpg"]
CROPPED = ["colour.png", "odd_orientation.jpg", "odd_stray.jpg"]


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


class Draws:
    """Inside it, what torch draws is in .uniform, .integers and .shares too."""

    def __enter__(self):
        self.uniform, self.integers, self.shares = [], [], []
        self.own = torch.Tensor.uniform_, torch.randint, torch._sample_dirichlet

        def uniform(tensor, low, high):
            made = self.own[0](tensor, float(low), float(high))
            self.uniform.append(made.clone())
            return made

        def randint(*args, **kwargs):
            made = self.own[1](*args, **kwargs)
            self.integers.append(int(made))
            return made

        def dirichlet(alpha):
            made = self.own[2](alpha)
            self.shares.append(float(made[0]))
            return made

        torch.Tensor.uniform_, torch.randint, torch._sample_dirichlet = uniform, randint, dirichlet
        return self

    def __exit__(self, *_):
        torch.Tensor.uniform_, torch.randint, torch._sample_dirichlet = self.own

    def tries(self):
        """Share of the area, and aspect."""
        for share, log_aspect in zip(self.uniform[::2], self.uniform[1::2]):
            yield share.item(), torch.exp(log_aspect).item()


def pattern(n, side):
    """A batch [n][3][side][side] whose values a test can make again."""
    i = np.arange(n * side * side * 3, dtype=np.int64)
    values = ((i * 37 + i // 7) % 101).astype(np.float32) / np.float32(50) - np.float32(1)
    return torch.from_numpy(values.reshape(n, side, side, 3)).permute(0, 3, 1, 2).contiguous()


def digest_of(images):
    return hashlib.sha256(images.permute(0, 2, 3, 1).contiguous().numpy().tobytes()).hexdigest()[:16]


def draw_box(width, height, scale, ratio):
    """What get_params tried (share of the area, aspect), and whether the last of it did; then left, top, width, height."""
    with Draws() as draws:
        top, left, box_height, box_width = RandomResizedCrop.get_params(torch.empty(3, height, width), scale, ratio)
    return list(draws.tries()), len(draws.integers) == 2, (left, top, box_width, box_height)


def box_rows(width, height, scale, ratio):
    tries, fits, (left, top, box_width, box_height) = draw_box(width, height, scale, ratio)
    for place, (share, aspect) in enumerate(tries):
        last = fits and place == len(tries) - 1
        yield ["crop", width, height, share, aspect, box_width if last else 0, box_height if last else 0]
    if not fits:
        yield ["centre", width, height, ratio[0], ratio[1], left, top, box_width, box_height]


def boxes():
    """crop, width, height, share, aspect, width and height of the box, or 0 0 where that does not fit;
    centre, width, height, least and largest ratio, box"""
    for number in range(60):
        width, height = [(224, 224), (500, 375), (64, 333), (17, 5), (301, 64)][number % 5]
        scale, ratio = ((0.08, 1.0), (3 / 4, 4 / 3)) if number % 2 else ((0.5, 1.0), (0.2, 5.0))
        torch.manual_seed(number)
        yield from box_rows(width, height, scale, ratio)


def halves():
    """The same for sides that end in a half: of a square of 16 pixels, and of what fits in no other way."""
    for side in (1.5, 2.5, 3.5, 6.5):
        yield from box_rows(16, 16, (side * side / 256,) * 2, (1.0, 1.0))
    for width, height, least, most in ((100, 1, 0.75, 1.5), (100, 3, 0.75, 1.5), (100, 5, 0.5, 0.5), (5, 100, 2.0, 3.0),
                                       (7, 100, 2.0, 4.0), (1, 100, 0.4, 0.5)):
        yield list(box_rows(width, height, (9.0, 9.0), (least, most)))[-1]


def resized_crops():
    """resized_crop, image, filter, share and aspect (0 0: of the centre, by the usual ratios), left, top, side, hash"""
    for number in range(48):
        file = CROPPED[number % len(CROPPED)]
        how = [InterpolationMode.BILINEAR, InterpolationMode.BICUBIC][number // 3 % 2]
        side, scale = [8, 32, 65][number % 7 % 3], (9.0, 9.0) if number % 11 == 0 else (0.08, 1.0)
        image = Image.open(os.path.join(HERE, "files", file)).convert("RGB")
        torch.manual_seed(number)
        tries, fits, (left, top, width, height) = draw_box(image.width, image.height, scale, (3 / 4, 4 / 3))
        made = functional.resized_crop(image, top, left, height, width, [side, side], how)
        share, aspect = tries[-1] if fits else (0, 0)
        yield ["resized_crop", file, how.value, share, aspect, left, top, side,
               hashlib.sha256(made.tobytes()).hexdigest()[:16]]


def prepared():
    """prepare, width and height of a pattern, side before the crop, side, hash: Resize and CenterCrop, as in evaluation"""
    for width, height in ((40, 3200), (3200, 40), (1, 500), (33, 47), (64, 64), (90, 64), (47, 33), (2, 16384)):
        for before, side in ((224, 224), (64, 56), (36, 31)):
            if before * before * max(width, height) / min(width, height) > 5e7:
                continue  # Pillow makes all of it
            i = np.arange(width * height * 3, dtype=np.int64)
            pixels = ((i * 37 + i // 7) % 251).astype(np.uint8).reshape(height, width, 3)
            made = functional.center_crop(functional.resize(Image.fromarray(pixels), before), [side, side])
            yield ["prepare", width, height, before, side, hashlib.sha256(made.tobytes()).hexdigest()[:16]]


def erasings():
    """erase, side, share, aspect, width and height, left, top, hash of pattern(1, side); or 0 0 where it does not fit"""
    for number in range(60):
        side = [32, 224, 7][number % 3]
        scale, ratio = ((0.02, 0.33), (0.3, 3.3)) if number % 2 else ((0.1, 0.9), (0.2, 5.0))
        image = pattern(1, side)
        torch.manual_seed(number)
        with Draws() as draws:
            top, left, height, width, value = RandomErasing.get_params(image[0], scale, ratio, [0.0])
        tries = list(draws.tries())
        fits = len(draws.integers) == 2
        for place, (share, aspect) in enumerate(tries):
            if not fits or place < len(tries) - 1:
                yield ["erase", side, share, aspect, 0, 0, 0, 0, "-"]
        if fits:
            erased = functional.erase(image[0], top, left, height, width, value)[None]
            yield ["erase", side, *tries[-1], width, height, left, top, digest_of(erased)]


def mixtures(path):
    """mixup, side, share that was drawn, x and y (0 0), share of an image's own label, hash of pattern(4, side) mixed;
    cutmix likewise"""
    spec = importlib.util.spec_from_file_location("transforms", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for number in range(24):
        side, alpha = [8, 32, 17][number % 3], [0.2, 1.0][number % 2]
        for name, transform in (("mixup", module.RandomMixup), ("cutmix", module.RandomCutmix)):
            torch.manual_seed(number)
            with Draws() as draws:
                mixed, labels = transform(4, p=1.0, alpha=alpha)(pattern(4, side), torch.arange(4))
            yield [name, side, draws.shares[0], *(draws.integers or (0, 0)), labels[1][1].item(), digest_of(mixed)]


def main():
    """op, image, magnitude, hash; policy, number, op, probability, level; hue, image, turn, hash; and the above"""
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
    for file in FILES:
        image = Image.open(os.path.join(HERE, "files", file)).convert("RGB")
        for turn in (-0.5, -0.31, -0.1, -0.001, 0.0, 0.004, 0.05, 0.2, 0.37, 0.5):
            made = functional.adjust_hue(image, turn)
            lines.append(f"hue\t{file}\t{turn!r}\t{hashlib.sha256(made.tobytes()).hexdigest()[:16]}")
    for row in [*boxes(), *erasings(), *mixtures(sys.argv[1]), *halves(), *resized_crops(), *prepared()]:
        lines.append("\t".join(str(cell) for cell in row))
    with open(os.path.join(HERE, "augment.tsv"), "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")


main()
