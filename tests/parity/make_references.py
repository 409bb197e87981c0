#!/usr/bin/env python3
"""Record what PyTorch computes for every model, for tests/parity/test_pytorch.c.

    python3 tests/parity/make_references.py [NETWORK...]       writes tests/parity/references/NETWORK.tsv

Needs Debian's python3-torch and python3-torchvision: a development tool, not needed to run the tests. Networks
are those of networks.py, at a small width and 64 pixels, in float64. Weights, images and labels are not stored:
both sides compute them from the same integer formula, `uniform` below. For each parameter, in the order of their
names, the norm of its gradient and the gradient's dot product with a pseudo-random vector are recorded, for each
running statistic the same after one step.

ReLU has a kink: where a value lies within float32's rounding of it, gradients jump, and PyTorch's own float32
differs from its float64 by several per cent. Such images test nothing, so of SEEDS sets of images the first is
taken on which the gradients hardly change in float32 and under weights that are a little off, or else the one on
which they change least; its number is recorded with that change. Deep networks have so many values that no set is
free of such ones: their batch norms get shifts that decide most signs beforehand (DECIDED), and the set is one of
those that stay farthest from all kinks. EfficientNets from B1 on blow up in inference unless the running variances are
larger (CALM).
"""

import os
import sys

import numpy as np
import torch
from torch import nn

import networks

PIXELS, BATCH, CLASSES, SMOOTHING = 64, 4, 10, 0.1
SEEDS = 24  # sets of images to choose from
AGREEMENT = 3e-4  # that is good enough: a third of what the test allows
OFF = 1e-6  # by so much weights are off, relatively: more than float32's rounding
NATURAL, DECIDED, CALM = range(3)
VALUES = {
    "mobilenet_v2": DECIDED, "resnet34": DECIDED, "resnet50": DECIDED, "resnet101": DECIDED, "resnet152": DECIDED,
    **{f"efficientnet_b{member}": CALM for member in range(1, 8)}}

# File, model, width: every model, and widths that round to other channels.
REFERENCES = [(name, name, 0.25) for name in networks.NAMES] + [
    ("mobilenet_v1-0.5", "mobilenet_v1", 0.5), ("mobilenet_v1-0.75", "mobilenet_v1", 0.75),
    ("mobilenet_v2-0.5", "mobilenet_v2", 0.5), ("mobilenet_v2-1.4", "mobilenet_v2", 1.4)]


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


def value_of(name, shape, values):
    u = uniform(name, int(np.prod(shape)))
    if name.endswith("running_var"):
        v = (4 if values == CALM else 1) * (0.5 + u)
    elif name.endswith("running_mean"):
        v = 0.2 * (u - 0.5)
    elif name.endswith("bias") and values == DECIDED:
        v = np.where(u < 0.25, -2 - u, 2 + u)
    elif name.endswith("bias"):
        v = 0.4 * (u - 0.5)
    elif len(shape) == 1:
        v = (0.25 + 0.5 * u) if values == DECIDED else 0.5 + u
    else:
        fan_in = int(np.prod(shape[1:]))
        v = (2 * u - 1) * np.float64(np.float32(np.sqrt(6.0 / fan_in)))
    return torch.from_numpy(v.astype(np.float32).astype(np.float64)).reshape(shape)


def norm_and_dot(name, tensor):
    flat = tensor.detach().reshape(-1).numpy()
    return np.linalg.norm(flat), float(flat @ (uniform("dot " + name, flat.size) - 0.5))


def images_of(seed):
    images = torch.from_numpy(uniform(f"images {seed}", BATCH * PIXELS * PIXELS * 3))
    return (4 * (images - 0.5)).reshape(BATCH, PIXELS, PIXELS, 3).permute(0, 3, 1, 2)


def filled(build, values, off=0.0):
    net = build().double()
    state = net.state_dict()
    for key in state:
        if not key.endswith("num_batches_tracked"):
            state[key].copy_(value_of(key, tuple(state[key].shape), values))
            state[key] *= torch.from_numpy(1 + off * (uniform("off " + key, state[key].numel()) - 0.5)).reshape(
                state[key].shape)
    return net


def backward(net, images):
    """Loss of one training step; gradients and running statistics are left in the net."""
    net.train()
    loss = nn.functional.cross_entropy(net(images), torch.arange(BATCH) % CLASSES, label_smoothing=SMOOTHING)
    loss.backward()
    return loss.item()


def disagreement(build, values, seed):
    """The worst relative change of a parameter's gradient, in float32 and with weights a little off."""
    exact, worst = filled(build, values), 0.0
    backward(exact, images_of(seed))
    for other in filled(build, values).float(), filled(build, values, OFF), filled(build, values, -OFF):
        backward(other, images_of(seed).to(next(other.parameters()).dtype))
        worst = max(worst, *(
            ((a.grad - b.grad).norm() / a.grad.norm().clamp(min=1e-2)).item()
            for a, b in zip(exact.parameters(), other.parameters())))
    return worst


def margin(build, seed):
    """How near to a kink of ReLU or ReLU6 any value comes."""
    least = [np.inf]

    def look(module, inputs):
        kinks = (0.0, 6.0) if isinstance(module, nn.ReLU6) else (0.0,)
        least[0] = min(least[0], *((inputs[0] - kink).abs().min().item() for kink in kinks))

    net = filled(build, DECIDED).train()
    for module in net.modules():
        if isinstance(module, (nn.ReLU, nn.ReLU6)):
            module.register_forward_pre_hook(look)
    with torch.no_grad():
        net(images_of(seed))
    return least[0]


def choose_images(build, values):
    seeds, best = range(SEEDS), (np.inf, None)
    if values == DECIDED:
        seeds = sorted(seeds, key=lambda seed: -margin(build, seed))[:4]
    elif values == CALM:
        seeds = range(4)
    for seed in seeds:
        best = min(best, (disagreement(build, values, seed), seed))
        if best[0] < AGREEMENT:
            break
    return best


def record(build, values, out):
    agreement, seed = choose_images(build, values)
    out.write(f"images\t{seed}\t{agreement:.2g}\n")
    out.write(f"values\t{values}\t0\n")
    net = filled(build, values)
    net.eval()
    with torch.no_grad():
        for value in net(images_of(seed)).reshape(-1).tolist():
            out.write(f"logit\t{value:.7g}\t0\n")
    out.write(f"loss\t{backward(net, images_of(seed)):.9g}\t0\n")
    for key, parameter in sorted(net.named_parameters()):
        norm, dot = norm_and_dot(key, parameter.grad)
        out.write(f"gradient\t{norm:.6g}\t{dot:.6g}\n")
    for key, buffer in sorted(net.named_buffers()):
        if not key.endswith("num_batches_tracked"):
            norm, dot = norm_and_dot(key, buffer)
            out.write(f"running\t{norm:.7g}\t{dot:.7g}\n")
    return agreement, seed


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "references")
    os.makedirs(folder, exist_ok=True)
    for file, model, width in REFERENCES:
        if len(sys.argv) > 1 and file not in sys.argv[1:]:
            continue
        with open(os.path.join(folder, file + ".tsv"), "w") as out:
            out.write(f"# PyTorch {torch.__version__}, {model}, width {width}, {PIXELS} px, batch {BATCH}, "
                      f"{CLASSES} classes, label smoothing {SMOOTHING}; made by tests/parity/make_references.py\n")
            agreement, seed = record(lambda: networks.build(model, width, CLASSES), VALUES.get(model, NATURAL), out)
        print(f"{file}: images {seed}, change of gradients {agreement:.2g}", flush=True)


if __name__ == "__main__":
    main()
