#!/usr/bin/env python3
"""Hold the program against PyTorch at full size: logits, loss, every gradient, every running statistic.

    python3 tests/parity/live.py [MODEL[@WIDTH[@PIXELS]]...]        by default all models, the large ones smaller

Needs python3-torch and python3-torchvision, and build/scalestudy (or SCALESTUDY). The program is used as its users
do: weights go to it as a safetensors file, images as a folder of PNG files; logits come from `predict`, the loss from
`train --log-steps`, and gradients from the weights before and after one step of SGD without momentum and decay,
w' = w - lr g, with an lr so large that w' is hardly rounded by w. The reference is PyTorch in float64; what its own
float32 differs from that stands beside it, since no float32 program can be nearer than rounding lets it.
"""

import os
import sys
import tempfile

import torch
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck

import bridge
import networks

CLASSES, SMOOTHING, LR = 1000, 0.1, 1000.0
LOGITS, LOSS, GRADIENT, RUNNING = 1e-4, 1e-5, 1e-3, 1e-4  # what is allowed
DEFAULT = [
    "mobilenet_v1", "mobilenet_v1@0.5", "mobilenet_v2", "mobilenet_v2@1.4", "mobilenet_v2@0.5", "resnet18", "resnet34",
    "resnet50", "resnet101@1@128", "resnet152@1@128", "efficientnet_b0", "efficientnet_b1", "efficientnet_b2",
    "efficientnet_b3", "efficientnet_b4", "efficientnet_b5@1@192", "efficientnet_b6@1@192", "efficientnet_b7@1@192"]


def prepare(net, images):
    """Batch norms that are not neutral, running statistics that fit the images.

    Before ReLU, shifts decide most signs: of tens of millions of values some would else lie so near to its kink
    that they round to the other side, in PyTorch's float32 as in ours, and each moves gradients by up to a per cent.
    """
    kinks = any(isinstance(module, (nn.ReLU, nn.ReLU6)) for module in net.modules())
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        if kinks:
            nn.init.uniform_(norm.weight, 0.25, 0.75)
            nn.init.uniform_(norm.bias, 2, 3)
            with torch.no_grad():
                norm.bias[torch.rand_like(norm.bias) < 0.25] *= -1
        else:
            nn.init.uniform_(norm.weight, 0.6, 1.2)
            nn.init.uniform_(norm.bias, -0.3, 0.3)
    for block in net.modules():  # what is added to a skip must not meet it at 0
        if isinstance(block, (BasicBlock, Bottleneck)):
            closing = block.bn3 if isinstance(block, Bottleneck) else block.bn2
            for norm in [closing] + ([block.downsample[1]] if block.downsample else []):
                norm.bias.data.abs_()
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    with torch.no_grad():
        net.train()(images)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
        norm.num_batches_tracked.zero_()


def pytorch(net, images, labels):
    """Logits in inference, then loss, gradients and running statistics of one training step."""
    with torch.no_grad():
        logits = net.eval()(images).double()
    loss = nn.functional.cross_entropy(net.train()(images), labels, label_smoothing=SMOOTHING)
    loss.backward()
    gradients = {name: p.grad.double() for name, p in net.named_parameters()}
    running = {name: b.double() for name, b in net.named_buffers() if "running" in name}
    return logits, loss.item(), gradients, running


def ours(model, width, pixels, files, weights, folder):
    network = [model, "-w", width, "--input", pixels, "--loader-threads", 2]
    logits = bridge.predict(model, weights, files, CLASSES, *network[1:], "--batch", len(files))
    saved = os.path.join(folder, "after.safetensors")
    rows = bridge.program(
        "train", *network, "--data", "folder", "--root", folder, "--class-map", os.path.join(folder, "map"),
        "--classes", CLASSES, "--weights", weights, "--save", saved, "--epochs", 1, "--steps", 1,
        "--batch", len(files), "--lr", LR, "--momentum", 0, "--no-nesterov", "--weight-decay", 0,
        "--schedule", "constant", "--warmup-epochs", 0, "--label-smoothing", SMOOTHING, "--dropout", 0,
        "--drop-path", 0, "--no-shuffle", "--augment", "none", "--log-steps", "--format", "json", "--quiet")
    loss = next(row["loss"] for row in rows if "step" in row)
    before, after = bridge.load_file(weights), bridge.load_file(saved)
    gradients = {
        name: (before[name].double() - after[name].double()) / LR
        for name in before if "running" not in name and not name.endswith("tracked")}
    running = {name: after[name].double() for name in before if "running" in name}
    return logits, loss, gradients, running


def worst(mine, reference):
    """(relative difference, name) of the tensor that differs most.

    Some gradients are 0 but for rounding, those of shifts that a later batch norm takes out again: hence the floor.
    """
    floor = 1e-4 * max(tensor.norm().item() for tensor in reference.values())
    return max(
        ((mine[name] - tensor).norm().item() / max(tensor.norm().item(), floor), name)
        for name, tensor in reference.items())


def differences(result, reference):
    return (bridge.relative(result[0], reference[0]), abs(result[1] - reference[1]) / abs(reference[1]),
            worst(result[2], reference[2]), worst(result[3], reference[3]))


def write_images(folder, pixels, batch, generator):
    """Files in the order in which the program takes them, and their labels."""
    labels = sorted(torch.randperm(CLASSES, generator=generator)[:batch].tolist())
    files = [os.path.join(folder, "train", f"c{label:04d}", "image.png") for label in labels]
    with open(os.path.join(folder, "map"), "w") as out:
        for label, file in zip(labels, files):
            bridge.write_image(file, pixels, generator)
            out.write(f"c{label:04d}\t{label}\n")
    return files, torch.tensor(labels)


def compare(model, width, pixels, batch):
    torch.manual_seed(1)
    generator = torch.Generator().manual_seed(2)
    with tempfile.TemporaryDirectory() as folder:
        files, labels = write_images(folder, pixels, batch, generator)
        images = bridge.read_images(files)
        net = networks.build(model, width, CLASSES)
        prepare(net, images.float())
        weights = os.path.join(folder, "before.safetensors")
        bridge.save_file(net.state_dict(), weights)
        mine = ours(model, width, pixels, files, weights, folder)
        double = networks.build(model, width, CLASSES).double()
        double.load_state_dict(net.state_dict())
        reference = pytorch(double, images, labels)
        single = pytorch(net, images.float(), labels)
    ours_off, theirs_off = differences(mine, reference), differences(single, reference)
    print(f"{model} w {width:g} {pixels} px batch {batch}: logits {ours_off[0]:.1e} ({theirs_off[0]:.1e})  "
          f"loss {ours_off[1]:.1e} ({theirs_off[1]:.1e})  gradient {ours_off[2][0]:.1e} ({theirs_off[2][0]:.1e}, "
          f"{ours_off[2][1]})  running {ours_off[3][0]:.1e} ({theirs_off[3][0]:.1e})", flush=True)
    return (ours_off[0] <= LOGITS and ours_off[1] <= LOSS and ours_off[2][0] <= GRADIENT
            and ours_off[3][0] <= RUNNING)


def main():
    failed = []
    print("difference from PyTorch's float64, relative; in brackets that of PyTorch's float32")
    for words in sys.argv[1:] or DEFAULT:
        model, *rest = words.split("@")
        width = float(rest[0]) if rest else 1.0
        pixels = int(rest[1]) if len(rest) > 1 else networks.pixels(model)
        if not compare(model, width, pixels, batch=4 if pixels <= 240 else 2):
            failed.append(words)
    if failed:
        sys.exit("too far from PyTorch: " + ", ".join(failed))


if __name__ == "__main__":
    main()
