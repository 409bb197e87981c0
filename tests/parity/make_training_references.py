#!/usr/bin/env python3
"""Record how PyTorch trains a small network for 20 steps by each optimizer, for tests/parity/test_recipes.c.

    python3 tests/parity/make_training_references.py        writes tests/parity/references/training_*.tsv

A development tool, as make_references.py, whose formula for weights and images it shares. EfficientNet-B0 at a
width of 0.25 and 64 pixels, in float64; its activations are smooth and the learning rates low, so that float32
stays near (a shift before a batch norm has a gradient of mere rounding, which AdamW's usual epsilon of 1e-8 would
blow up to whole steps). Four batches of eight images take turns. Each recipe also has what others have not: the schedule, the average, the clipping and the
pieces of a batch are recorded with the optimizers.
"""

import os

import torch
from torch import nn

import networks
import recipes
from make_references import norm_and_dot, uniform, value_of

PIXELS, BATCH, CLASSES, STEPS, BATCHES = 64, 8, 10, 20, 4


def batch_of(step):
    which = step % BATCHES
    images = torch.from_numpy(uniform(f"images {which}", BATCH * PIXELS * PIXELS * 3))
    images = (4 * (images - 0.5)).reshape(BATCH, PIXELS, PIXELS, 3).permute(0, 3, 1, 2)
    return images, (3 * torch.arange(BATCH) + which) % CLASSES


def filled():
    net = networks.build("efficientnet_b0", 0.25, CLASSES).double()
    state = net.state_dict()
    for key in state:
        if not key.endswith("num_batches_tracked"):
            state[key].copy_(value_of(key, tuple(state[key].shape)))
    return net.train()


def losses_of(net, optimizer, lr_of, average=None, pieces=1, clip_norm=0.0):
    for step in range(STEPS):
        images, labels = batch_of(step)
        optimizer.zero_grad()
        total = 0.0
        for part, wanted in zip(images.chunk(pieces), labels.chunk(pieces)):
            loss = nn.functional.cross_entropy(net(part), wanted, label_smoothing=0.1) / pieces
            loss.backward()
            total += loss.item()
        if clip_norm:
            nn.utils.clip_grad_norm_(net.parameters(), clip_norm)
        recipes.set_lr(optimizer, lr_of(step))
        optimizer.step()
        if average:
            average.update(net, step + 1)
        yield total


def sgd(net):
    optimizer = recipes.OPTIMIZERS["sgd"](recipes.groups(net, 5e-4), lr=1.0)
    return losses_of(net, optimizer, lambda step: recipes.cosine(step, 0.004, 4, STEPS)), None


def rmsprop(net):
    recipes.set_bn_momentum(net, 0.01)
    optimizer = recipes.OPTIMIZERS["rmsprop"](recipes.groups(net, 1e-5), lr=1.0)
    average = recipes.Average(net, 0.5)
    return losses_of(net, optimizer, lambda step: recipes.exponential(step, 0.004, 3, 3, 0.9), average), average


def adamw(net):
    optimizer = recipes.OPTIMIZERS["adamw"](recipes.groups(net, 0.05), lr=1.0, eps=1e-4)
    return losses_of(net, optimizer, lambda step: recipes.constant(step, 0.001, 2), pieces=2, clip_norm=1.0), None


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "references")
    for recipe in (sgd, rmsprop, adamw):
        with open(os.path.join(folder, f"training_{recipe.__name__}.tsv"), "w") as out:
            out.write(f"# PyTorch {torch.__version__}, efficientnet_b0, width 0.25, {PIXELS} px, batch {BATCH}, "
                      f"{recipe.__name__}; made by tests/parity/make_training_references.py\n")
            net = filled()
            losses, average = recipe(net)
            for loss in losses:
                out.write(f"loss\t-\t{loss:.9g}\t0\n")
            for key, value in recipes.Average.of(net):
                out.write("value\t%s\t%.9g\t%.9g\n" % (key, *norm_and_dot(key, value)))
            for key, value in average.values.items() if average else ():
                out.write("average\t%s\t%.9g\t%.9g\n" % (key, *norm_and_dot(key, value)))


if __name__ == "__main__":
    main()
