#!/usr/bin/env python3
"""Hold 100 steps of training against PyTorch: the loss of every step, running statistics after 50.

    python3 tests/parity/training.py [--fresh] [MODEL[/RECIPE]...]        by default four models, three recipes each

Needs python3-torch and python3-torchvision, and build/scalestudy (or SCALESTUDY). Both sides start from the same
weights and take the same batches in the same order; recipes are written out in recipes.py from their definitions:
SGD with Nesterov momentum, RMSProp as TensorFlow defines it, AdamW, each with a schedule of its own. The reference is
PyTorch in float64; beside ours stands what PyTorch's own float32 is off, the worse of one and of all threads.

Training amplifies what rounding differs, since each value that rounds to the other side of a ReLU's kink moves
gradients: a MobileNetV1 that starts from random weights has losses that differ by more than 1e-3 after two steps, in
PyTorch's float32 as in ours. Networks therefore start with batch norms that keep values off the kinks, as in live.py;
--fresh starts them as they are, to see how far float32 carries. The verdicts:

    same      the losses of 50 steps are within 1e-3, relative, and so is every running statistic
    float32   they are not, but PyTorch's float32 is not either, and ours is no more than three times as far off
    DIFFERS   neither; the exit status is 1
"""

import argparse
import math
import os
import sys
import tempfile

import numpy as np
import torch
from PIL import Image
from torch import nn

import bridge
import live
import networks
import recipes

PIXELS, BATCH, CLASSES, BATCHES = 64, 32, 10, 4
STEPS, TOGETHER, SMOOTHING = 100, 50, 0.1
WITHIN, TIMES_FLOAT32 = 1e-3, 3
EPOCHS = STEPS // BATCHES
MODELS = {"mobilenet_v1": 0.25, "mobilenet_v2": 0.25, "resnet18": 0.25, "efficientnet_b0": 0.25}  # with their widths
RATES = {"efficientnet_b0": 0.1}  # of the recipe's learning rate, where that is more than rounding survives


class Recipe:
    """One recipe on both sides: options of `train`, an optimizer, and the learning rate of each step for a peak."""

    def __init__(self, options, optimizer, lr, schedule, bn_momentum=None):
        self.options, self.optimizer, self.lr, self.schedule = options, optimizer, lr, schedule
        self.bn_momentum = bn_momentum


RECIPES = {
    "sgd": Recipe(
        ["--optimizer", "sgd", "--momentum", 0.9, "--nesterov", "--weight-decay", 5e-4, "--schedule", "cosine"],
        lambda net: recipes.OPTIMIZERS["sgd"](recipes.groups(net, 5e-4), lr=1.0),
        0.001, lambda step, lr: recipes.cosine(step, lr, 2 * BATCHES, STEPS)),
    "rmsprop": Recipe(
        ["--optimizer", "rmsprop", "--momentum", 0.9, "--decay", 0.9, "--eps", 1e-3, "--weight-decay", 1e-5,
         "--schedule", "exponential", "--decay-rate", 0.97, "--decay-epochs", 2.5, "--bn-momentum", 0.01],
        lambda net: recipes.OPTIMIZERS["rmsprop"](recipes.groups(net, 1e-5), lr=1.0),
        0.0005, lambda step, lr: recipes.exponential(step, lr, 2 * BATCHES, 2.5 * BATCHES), bn_momentum=0.01),
    # Shifts that a later batch norm takes out again have gradients of mere rounding, which AdamW's usual epsilon of
    # 1e-8 would blow up to whole steps.
    "adamw": Recipe(
        ["--optimizer", "adamw", "--eps", 1e-4, "--weight-decay", 0.05, "--schedule", "constant"],
        lambda net: recipes.OPTIMIZERS["adamw"](recipes.groups(net, 0.05), lr=1.0, eps=1e-4),
        0.0002, lambda step, lr: recipes.constant(step, lr, 2 * BATCHES)),
}


class Images:
    """A folder of files that the program takes in the order of their names: waves, whose direction is the class."""

    def __init__(self, folder):
        random = np.random.default_rng(2)
        labels = random.integers(0, CLASSES, BATCHES * BATCH)
        files = [os.path.join(folder, "train", f"c{i:04d}", "image.png") for i in range(len(labels))]
        self.root, self.map = folder, os.path.join(folder, "map")
        with open(self.map, "w") as out:
            for i, (file, label) in enumerate(zip(files, labels)):
                os.makedirs(os.path.dirname(file))
                Image.fromarray(self.wave(math.pi * label / CLASSES, random)).save(file)
                out.write(f"c{i:04d}\t{label}\n")
        self.batches = list(zip(bridge.read_images(files).split(BATCH), torch.from_numpy(labels).split(BATCH)))

    @staticmethod
    def wave(angle, random):
        y, x = np.mgrid[:PIXELS, :PIXELS]
        along = (x * math.cos(angle) + y * math.sin(angle))[:, :, None] * random.uniform(0.2, 0.6)
        values = np.sin(along + random.uniform(0, 2 * math.pi, 3)) + random.normal(0, 0.5, (PIXELS, PIXELS, 3))
        return (127.5 + 50 * values).clip(0, 255).round().astype(np.uint8)


class Curve:
    """What a run gives: losses of all steps, running statistics after the first TOGETHER."""

    def __init__(self, losses, running):
        self.losses, self.running = losses, running

    def off(self, other, steps=TOGETHER):
        """The largest relative difference of a loss."""
        return max(abs(a - b) / abs(b) for a, b in zip(self.losses[:steps], other.losses[:steps]))

    def first_off(self, other):
        """Steps before the first loss that is not within 1e-3."""
        return next((i for i, (a, b) in enumerate(zip(self.losses, other.losses)) if abs(a - b) > WITHIN * abs(b)),
                    len(self.losses))


def running_of(state):
    return {name: value.double().clone() for name, value in state.items() if "running" in name}


def rate(model, recipe):
    return RATES.get(model, 1) * recipe.lr


def pytorch(model, recipe, state, images, dtype, threads):
    torch.set_num_threads(threads)
    net = networks.build(model, MODELS[model], CLASSES).to(dtype)
    net.load_state_dict(state)
    if recipe.bn_momentum:
        recipes.set_bn_momentum(net, recipe.bn_momentum)
    optimizer, losses, running = recipe.optimizer(net.train()), [], None
    for step in range(STEPS):
        pixels, labels = images.batches[step % BATCHES]
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(pixels.to(dtype)), labels, label_smoothing=SMOOTHING)
        loss.backward()
        recipes.set_lr(optimizer, recipe.schedule(step, rate(model, recipe)))
        optimizer.step()
        losses.append(loss.item())
        if step + 1 == TOGETHER:
            running = running_of(net.state_dict())
    return Curve(losses, running)


def ours(model, recipe, weights, images):
    saved = os.path.join(images.root, "saved.safetensors")

    def run(steps):
        rows = bridge.program(
            "train", model, "-w", MODELS[model], "--input", PIXELS, "--classes", CLASSES, "--data", "folder",
            "--root", images.root, "--class-map", images.map, "--weights", weights, "--save", saved, "--batch", BATCH,
            "--epochs", EPOCHS, "--steps", steps, "--lr", rate(model, recipe), "--warmup-epochs", 2,
            "--label-smoothing", SMOOTHING, "--dropout", 0, "--drop-path", 0, "--no-shuffle", "--augment", "none", "--log-steps",
            "--format", "json", "--quiet", *recipe.options)
        return [row["loss"] for row in rows if "step" in row], running_of(bridge.load_file(saved))

    half, running = run(TOGETHER)
    losses, _ = run(STEPS)
    assert len(losses) == STEPS and losses[:TOGETHER] == half  # the same bits, however long the run
    return Curve(losses, running)


def allowed(theirs):
    """How far off ours may be where PyTorch's float32 is so far off."""
    return TIMES_FLOAT32 * theirs if theirs > WITHIN else WITHIN


def compare(model, name, images, fresh):
    recipe = RECIPES[name]
    torch.manual_seed(1)
    net = networks.initialise(networks.build(model, MODELS[model], CLASSES))
    if not fresh:
        live.prepare(net, images.batches[0][0].float())
    state = {key: value.clone() for key, value in net.state_dict().items()}
    weights = os.path.join(images.root, "first.safetensors")
    bridge.save_file(state, weights)
    mine = ours(model, recipe, weights, images)
    exact = pytorch(model, recipe, state, images, torch.float64, os.cpu_count())
    singles = [pytorch(model, recipe, state, images, torch.float32, threads) for threads in (1, os.cpu_count())]
    loss, running = mine.off(exact), live.worst(mine.running, exact.running)
    theirs = max(single.off(exact) for single in singles)
    their_running = max(live.worst(single.running, exact.running) for single in singles)
    if loss <= WITHIN and running[0] <= WITHIN:
        verdict = "same"
    elif loss <= allowed(theirs) and running[0] <= allowed(their_running[0]):
        verdict = "float32"
    else:
        verdict = "DIFFERS"
    within = f"{mine.first_off(exact)} ({min(single.first_off(exact) for single in singles)})"
    losses = f"{exact.losses[0]:.2f} {exact.losses[TOGETHER - 1]:.2f} {exact.losses[-1]:.2f}"
    print(f"{model:16} {name:8} {losses:15} {loss:8.1e} ({theirs:.1e})  {running[0]:8.1e} ({their_running[0]:.1e})  "
          f"{within:10} {verdict:8}" + (running[1] if verdict != "same" else ""), flush=True)
    return verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", metavar="MODEL[/RECIPE]")
    parser.add_argument("--fresh", action="store_true", help="start from random weights as they are")
    args = parser.parse_args()
    cases = [(model, name) for model in MODELS for name in RECIPES]
    unknown = [word for word in args.only if not any(word in (model, f"{model}/{name}") for model, name in cases)]
    if unknown:
        sys.exit(f"training.py: {unknown[0]}: models are {' '.join(MODELS)}, recipes {' '.join(RECIPES)}")
    print(f"width 0.25, {PIXELS} px, batch {BATCH}; relative differences from PyTorch's float64, the largest of "
          f"{TOGETHER} steps;\nin brackets that of PyTorch's float32\n")
    print(f"{'model':16} {'recipe':8} {'loss 1 50 100':15} {'loss':>8} {'':9}  {'running':>8} {'':9}  steps within 1e-3")
    with tempfile.TemporaryDirectory() as folder:
        images = Images(folder)
        verdicts = [compare(model, name, images, args.fresh) for model, name in cases
                    if not args.only or {model, f"{model}/{name}"} & set(args.only)]
    print("\n" + ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in ("same", "float32", "DIFFERS")))
    if "DIFFERS" in verdicts:
        sys.exit("training.py: training differs from PyTorch's")


if __name__ == "__main__":
    main()
