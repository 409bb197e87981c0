#!/usr/bin/env python3
"""Record what PyTorch computes for the four baselines, for tests/parity/test_pytorch.c.

    python3 tests/parity/make_references.py        writes tests/parity/references/*.tsv

Needs Debian's python3-torch and python3-torchvision: a development tool, not needed to run the tests. Networks
are torchvision's own (MobileNetV1, which torchvision lacks, is written here with timm's names), at a width
factor of 0.25 and 64 pixels, in float64. Weights, images and labels are not stored: both sides compute them from
the same integer formula, `uniform` below. For each parameter the norm of its gradient and the gradient's dot
product with a pseudo-random vector are recorded, for each running statistic the same after one step.

ReLU has a kink: where a value lies within float32's rounding of it, gradients jump, and PyTorch's own float32
differs from its float64 by several per cent. Such images test nothing, so of SEEDS sets of images the one is taken
whose values stay farthest from all kinks; its number is recorded with the agreement of PyTorch's two precisions.
"""

import os
from functools import partial

import numpy as np
import torch
from torch import nn
from torchvision.models import efficientnet, mobilenet_v2
from torchvision.models.resnet import Bottleneck

WIDTH, PIXELS, BATCH, CLASSES, SMOOTHING = 0.25, 64, 4, 10, 0.1
SEEDS = 160  # sets of images to choose from


def fnv1a(name):
    h = 2166136261
    for byte in name.encode():
        h = ((h ^ byte) * 16777619) & 0xFFFFFFFF
    return h


def uniform(name, count):
    """count numbers in [0, 1) with 24 bits, a function of the name and the position alone."""
    x = (fnv1a(name) + np.arange(count, dtype=np.uint64) * np.uint64(2654435761)) & np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x ^= x >> np.uint64(shift)
        x = (x * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(16)
    return (x >> np.uint64(8)).astype(np.float64) / 2**24


def value_of(name, shape):
    u = uniform(name, int(np.prod(shape)))
    if name.endswith("running_var"):
        v = 0.5 + u
    elif name.endswith("running_mean"):
        v = 0.2 * (u - 0.5)
    elif name.endswith("bias"):
        v = 0.4 * (u - 0.5)
    elif len(shape) == 1:
        v = 0.5 + u
    else:
        fan_in = int(np.prod(shape[1:]))
        v = (2 * u - 1) * np.float64(np.float32(np.sqrt(6.0 / fan_in)))
    return torch.from_numpy(v.astype(np.float32).astype(np.float64)).reshape(shape)


class Separable(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv_dw = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False)
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv_pw = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.act = nn.ReLU6()

    def forward(self, x):
        return self.act(self.bn2(self.conv_pw(self.act(self.bn1(self.conv_dw(x))))))


class MobileNetV1(nn.Module):
    """Howard et al. 2017, with the names of timm's mobilenetv1."""

    def __init__(self, width):
        super().__init__()
        channels = int(32 * width)
        self.conv_stem = nn.Conv2d(3, channels, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.act = nn.ReLU6()
        stages = []
        for outputs, repeats, stride in ((64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 6, 2), (1024, 2, 2)):
            blocks = []
            for r in range(repeats):
                blocks.append(Separable(channels, int(outputs * width), stride if r == 0 else 1))
                channels = int(outputs * width)
            stages.append(nn.Sequential(*blocks))
        self.blocks = nn.Sequential(*stages)
        self.classifier = nn.Linear(channels, CLASSES)

    def forward(self, x):
        x = self.blocks(self.act(self.bn1(self.conv_stem(x))))
        return self.classifier(x.mean((2, 3)))


class ResNet50(nn.Module):
    """torchvision's bottlenecks and names; torchvision itself cannot scale the stem and the outputs."""

    def __init__(self, width):
        super().__init__()
        channels = int(64 * width)
        self.conv1 = nn.Conv2d(3, channels, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        for i, (planes, repeats, stride) in enumerate(((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))):
            planes = int(planes * width)
            blocks = []
            for r in range(repeats):
                step = stride if r == 0 else 1
                skip = None
                if step != 1 or channels != 4 * planes:
                    skip = nn.Sequential(
                        nn.Conv2d(channels, 4 * planes, 1, step, bias=False), nn.BatchNorm2d(4 * planes))
                blocks.append(Bottleneck(channels, planes, step, skip))
                channels = 4 * planes
            setattr(self, f"layer{i + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(channels, CLASSES)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


def efficientnet_b0(width):
    block = partial(efficientnet.MBConvConfig, width_mult=width)
    table = [
        block(1, 3, 1, 32, 16, 1), block(6, 3, 2, 16, 24, 2), block(6, 5, 2, 24, 40, 2), block(6, 3, 2, 40, 80, 3),
        block(6, 5, 1, 80, 112, 3), block(6, 5, 2, 112, 192, 4), block(6, 3, 1, 192, 320, 1)]
    last = efficientnet._make_divisible(1280 * width, 8)
    return efficientnet.EfficientNet(table, dropout=0.0, stochastic_depth_prob=0.0, num_classes=CLASSES, last_channel=last)


NETWORKS = {
    "mobilenet_v1": lambda: MobileNetV1(WIDTH),
    "mobilenet_v2": lambda: mobilenet_v2(width_mult=WIDTH, num_classes=CLASSES, dropout=0.0),
    "resnet50": lambda: ResNet50(WIDTH),
    "efficientnet_b0": lambda: efficientnet_b0(WIDTH),
}


def norm_and_dot(name, tensor):
    flat = tensor.detach().reshape(-1).numpy()
    return np.linalg.norm(flat), float(flat @ (uniform("dot " + name, flat.size) - 0.5))


def images_of(seed):
    images = torch.from_numpy(uniform(f"images {seed}", BATCH * PIXELS * PIXELS * 3))
    return (4 * (images - 0.5)).reshape(BATCH, PIXELS, PIXELS, 3).permute(0, 3, 1, 2)


def filled(build):
    net = build().double()
    state = net.state_dict()
    for key in state:
        if not key.endswith("num_batches_tracked"):
            state[key].copy_(value_of(key, tuple(state[key].shape)))
    return net


def backward(net, images):
    """Loss of one training step; gradients and running statistics are left in the net."""
    net.train()
    loss = nn.functional.cross_entropy(net(images), torch.arange(BATCH) % CLASSES, label_smoothing=SMOOTHING)
    loss.backward()
    return loss.item()


def margin(build, seed):
    """How near to a kink of ReLU or ReLU6 any value of a training step comes."""
    net, least = filled(build), [np.inf]

    def look(module, inputs, _):
        x = inputs[0].detach()
        kinks = (0, 6) if isinstance(module, nn.ReLU6) else (0,)
        least[0] = min([least[0]] + [(x - kink).abs().min().item() for kink in kinks])

    for module in net.modules():
        if isinstance(module, (nn.ReLU, nn.ReLU6)):
            module.inplace = False
            module.register_forward_hook(look)
    net.train()
    net(images_of(seed))
    return least[0]


def disagreement(build, seed):
    """The worst relative difference between float32's and float64's gradient of a parameter."""
    double, single = filled(build), filled(build).float()
    backward(double, images_of(seed))
    backward(single, images_of(seed).float())
    return max(
        ((a.grad - b.grad).norm() / a.grad.norm().clamp(min=1e-2)).item()
        for a, b in zip(double.parameters(), single.parameters()))


def record(build, out):
    seed = max(range(SEEDS), key=lambda seed: margin(build, seed))
    agreement = disagreement(build, seed)
    out.write(f"images\t-\t{seed}\t{agreement:.2g}\n")
    net = filled(build)
    net.eval()
    with torch.no_grad():
        for value in net(images_of(seed)).reshape(-1).tolist():
            out.write(f"logit\t-\t{value:.9g}\t0\n")
    out.write(f"loss\t-\t{backward(net, images_of(seed)):.9g}\t0\n")
    for key, parameter in net.named_parameters():
        norm, dot = norm_and_dot(key, parameter.grad)
        out.write(f"gradient\t{key}\t{norm:.9g}\t{dot:.9g}\n")
    for key, buffer in net.named_buffers():
        if not key.endswith("num_batches_tracked"):
            norm, dot = norm_and_dot(key, buffer)
            out.write(f"running\t{key}\t{norm:.9g}\t{dot:.9g}\n")


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "references")
    os.makedirs(folder, exist_ok=True)
    for name, build in NETWORKS.items():
        with open(os.path.join(folder, name + ".tsv"), "w") as out:
            out.write(f"# PyTorch {torch.__version__}, {name}, width {WIDTH}, {PIXELS} px, batch {BATCH}, "
                      f"{CLASSES} classes, label smoothing {SMOOTHING}; made by tests/parity/make_references.py\n")
            record(build, out)


if __name__ == "__main__":
    main()
