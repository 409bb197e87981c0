#!/usr/bin/env python3
"""Images a second that PyTorch's DataLoader makes of a folder of images: torch_feed.py FOLDER SECONDS [PIXELS].

Random resized crop, flip, normalisation, two workers, batches of 64, as most training scripts have it. Development
only: needs python3-torch and python3-torchvision.
"""
import sys
import time

import torch
from torchvision import datasets, transforms


def main():
    folder, seconds = sys.argv[1], float(sys.argv[2])
    pixels = int(sys.argv[3]) if len(sys.argv) > 3 else 224
    torch.set_num_threads(1)
    transform = transforms.Compose([
        transforms.RandomResizedCrop(pixels),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ])
    loader = torch.utils.data.DataLoader(datasets.ImageFolder(folder, transform), batch_size=64, shuffle=True,
                                         num_workers=2, drop_last=True)
    batches = iter(loader)
    for _ in range(4):
        next(batches)
    start, images = time.perf_counter(), 0
    for pictures, _ in batches:
        images += len(pictures)
        if time.perf_counter() - start >= seconds:
            break
    print(f"{images / (time.perf_counter() - start):.1f}")


main()
