#!/usr/bin/env python3
"""Weights across the border: what we train loads into torchvision, what torchvision has loads here.

    python3 tests/parity/export.py [MODEL...]

Needs python3-torch and python3-torchvision, and build/scalestudy (or SCALESTUDY). There: `train --save`, then
load_state_dict(strict=True) into torchvision's own network, which must give the logits of `predict`; the same from a
checkpoint, without what belongs to the optimizer. Here: torchvision's first weights, as float32, float16 and
bfloat16, with and without batch counters and DataParallel's prefix, must give torchvision's logits.
"""

import os
import sys
import tempfile

import torch
import torchvision

import bridge

PIXELS, IMAGES, ALLOWED = 64, 6, 1e-4
NETWORKS = ["mobilenet_v2", "resnet18", "resnet50", "efficientnet_b0"]


def check(what, off):
    print(f"  {what}: logits differ by {off:.1e}", flush=True)
    return off <= ALLOWED


def out_of_here(model, folder, files, images):
    saved, checkpoint = (os.path.join(folder, name) for name in ("saved.safetensors", "checkpoint.safetensors"))
    bridge.program(
        "train", model, "--input", PIXELS, "--data", "shapes", "--train-images", 128, "--test-images", 16, "--batch",
        32, "--epochs", 2, "--lr", 0.05, "--quiet", "--format", "json", "--save", saved, "--checkpoint", checkpoint)
    good = True
    for what, path in (("trained here", saved), ("a checkpoint", checkpoint)):
        state = {k: v for k, v in bridge.load_file(path).items() if not k.startswith("optimizer.")}
        classes = list(state.values())[-1].shape[0]
        net = getattr(torchvision.models, model)(num_classes=classes)
        net.load_state_dict(state, strict=True)
        assert all(v == 8 for k, v in net.state_dict().items() if k.endswith("num_batches_tracked"))
        with torch.no_grad():
            theirs = net.double().eval()(images)
        ours = bridge.predict(model, path, files, classes, "--input", PIXELS)
        good &= check(what, bridge.relative(ours, theirs))
    return good


def into_here(model, folder, files, images):
    torch.manual_seed(3)
    net = getattr(torchvision.models, model)()
    path, good = os.path.join(folder, "theirs.safetensors"), True
    for what, dtype, prefix, counters in (
            ("torchvision's", torch.float32, "", True), ("without counters", torch.float32, "", False),
            ("DataParallel's", torch.float32, "module.", True), ("float16", torch.float16, "", True),
            ("bfloat16", torch.bfloat16, "", True), ("float64", torch.float64, "", True)):
        state = {
            prefix + k: v if v.dtype == torch.int64 else v.to(dtype)
            for k, v in net.state_dict().items() if counters or not k.endswith("num_batches_tracked")}
        bridge.save_file(state, path)
        rounded = getattr(torchvision.models, model)().double()
        rounded.load_state_dict({k.removeprefix(prefix): v for k, v in state.items()}, strict=counters)
        with torch.no_grad():
            theirs = rounded.eval()(images)
        ours = bridge.predict(model, path, files, 1000, "--input", PIXELS)
        good &= check(what, bridge.relative(ours, theirs))
    return good


def main():
    failed = []
    for model in sys.argv[1:] or NETWORKS:
        print(model)
        with tempfile.TemporaryDirectory() as folder:
            generator = torch.Generator().manual_seed(4)
            files = [os.path.join(folder, f"{i}.png") for i in range(IMAGES)]
            for file in files:
                bridge.write_image(file, PIXELS, generator)
            images = bridge.read_images(files)
            if not (out_of_here(model, folder, files, images) & into_here(model, folder, files, images)):
                failed.append(model)
    if failed:
        sys.exit("too far from PyTorch: " + ", ".join(failed))


if __name__ == "__main__":
    main()
