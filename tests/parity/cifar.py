#!/usr/bin/env python3
"""Train on CIFAR-10 here and in PyTorch by one recipe: the same accuracy, in at most half of the time?

    python3 tests/parity/cifar.py --root DIR                  all runs, about half an hour on two idle cores
    python3 tests/parity/cifar.py --root DIR --only resnet18/0/pytorch      one of them; goes on where it was
    python3 tests/parity/cifar.py --report

DIR holds CIFAR-10 as image files, train/CLASS/* and test/CLASS/*. Small variants of MobileNetV2 and ResNet-18, SGD
with Nesterov momentum, a cosine after a warm-up, label smoothing, random crops of padded images and flips; first
weights are the same on both sides, order and augmentation are each side's own. Every run is a process of its own and
is kept in FOLDER/cifar.json, so that a second call runs only what is missing. Exit status 1: accuracies are too far
apart, or PyTorch took less than twice our time.

PyTorch runs in its best mode: memory layout and instruction set are looked at first, glibc keeps its memory as in
tests/bench/peers.py, and all pixels lie in memory as one tensor, cropped and mirrored a batch at a time. Its time is
that of the steps alone; ours reads a packed set (`data pack`), which is decoded once as well. --untimed runs beside
other programs: their times do not count. Needs Debian's python3-torch and python3-torchvision, and build/scalestudy: a
development tool.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time

import numpy as np
import torch
from PIL import Image
from torch import nn

import bridge
import networks
import recipes

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "bench"))
import peers  # noqa: E402

WIDTHS = {"mobilenet_v2": 0.5, "resnet18": 0.25}
SIDES = ("ours", "pytorch")
PIXELS, PADDING, BATCH = 32, 4, 128
LR, WEIGHT_DECAY, SMOOTHING, WARMUP_EPOCHS = 0.05, 5e-4, 0.1, 0.5
POINTS, TIMES = 1.5, 2.0  # what is asked for
LAYOUTS = {"channels_last": torch.channels_last, "contiguous": torch.contiguous_format}
STUDENT_975 = {2: 4.303, 4: 2.776, 6: 2.447, 8: 2.306, 10: 2.228, 12: 2.179, 14: 2.145, 16: 2.120, 18: 2.101}


# ---- the data, the same files for both ----


def link_images(root, folder, train_images):
    """FOLDER/images-N: the first of every class of the training images, all of the test images."""
    linked = os.path.join(folder, f"images-{train_images or 'all'}")
    if os.path.isdir(linked):
        return linked
    classes = sorted(os.listdir(os.path.join(root, "train")))
    for name in classes:
        source = os.path.join(os.path.abspath(root), "train", name)
        os.makedirs(os.path.join(linked + ".part", "train", name))
        files = sorted(os.listdir(source))
        for file in files[:train_images // len(classes)] if train_images else files:
            os.symlink(os.path.join(source, file), os.path.join(linked + ".part", "train", name, file))
    os.symlink(os.path.join(os.path.abspath(root), "test"), os.path.join(linked + ".part", "test"))
    os.rename(linked + ".part", linked)
    return linked


def pixels_of(images, split):
    """([N, H, W, 3] bytes, labels), decoded once."""
    kept = os.path.join(images, split + ".pt")
    if not os.path.exists(kept):
        folder = os.path.join(images, split)
        found = [(os.path.join(folder, name, file), label) for label, name in enumerate(sorted(os.listdir(folder)))
                 for file in sorted(os.listdir(os.path.join(folder, name)))]
        pixels = np.stack([np.asarray(Image.open(path).convert("RGB")) for path, _ in found])
        torch.save((torch.from_numpy(pixels), torch.tensor([label for _, label in found])), kept + ".part")
        os.rename(kept + ".part", kept)
    return torch.load(kept)


# ---- one run in PyTorch, in a process of its own ----


def network(model, seed):
    """The variant of the model with first weights as torchvision gives them."""
    torch.manual_seed(seed)
    return networks.initialise(recipes.small_stem(networks.build(model, WIDTHS[model], 10)))


def normalised(pixels, layout):
    mean, std = (torch.tensor(x).view(1, 3, 1, 1) for x in (bridge.MEAN, bridge.STD))
    return ((pixels.permute(0, 3, 1, 2).float() / 255 - mean) / std).contiguous(memory_format=layout)


def augmented(padded, chosen):
    """A random crop of every chosen image, half of them mirrored."""
    n, offsets = len(chosen), torch.arange(PIXELS)
    y, x = (torch.randint(0, 2 * PADDING + 1, (n, 1)) + offsets for _ in range(2))
    x = torch.where(torch.rand(n, 1) < 0.5, x.flip(1), x)
    return padded[chosen[:, None, None], y[:, :, None], x[:, None, :]]


def test(net, images, layout):
    pixels, labels = pixels_of(images, "test")
    right, loss = 0, 0.0
    with torch.no_grad():
        for part, wanted in zip(pixels.split(500), labels.split(500)):
            logits = net.eval()(normalised(part, layout))
            right += (logits.argmax(1) == wanted).sum().item()
            loss += nn.functional.cross_entropy(logits, wanted, reduction="sum").item()
    return 100 * right / len(labels), loss / len(labels)


def pytorch_worker(job):
    """Train as `job` says; with `steps` only so many of them, for a look at their speed."""
    torch.set_num_threads(job["threads"])
    layout = LAYOUTS[job["layout"]]
    net = network(job["model"], job["seed"]).to(memory_format=layout)
    pixels, labels = pixels_of(job["images"], "train")
    padded = nn.functional.pad(pixels, (0, 0, PADDING, PADDING, PADDING, PADDING))
    optimizer = recipes.OPTIMIZERS["sgd"](recipes.groups(net, WEIGHT_DECAY), lr=LR)
    steps = len(labels) // BATCH
    torch.manual_seed(1000 + job["seed"])
    seconds, done = 0.0, 0
    for _ in range(job["epochs"]):
        order = torch.randperm(len(labels))
        start = time.perf_counter()
        for chosen in order[:steps * BATCH].split(BATCH):
            if job["steps"] and done == 2:  # the first ones are slow
                start = time.perf_counter()
            images = normalised(augmented(padded, chosen), layout)
            recipes.set_lr(optimizer, recipes.cosine(
                done, LR, round(WARMUP_EPOCHS * steps), job["epochs"] * steps))
            optimizer.zero_grad(set_to_none=True)
            nn.functional.cross_entropy(net.train()(images), labels[chosen], label_smoothing=SMOOTHING).backward()
            optimizer.step()
            done += 1
            if job["steps"] and done == job["steps"] + 2:
                return {"images_per_second": job["steps"] * BATCH / (time.perf_counter() - start)}
        seconds += time.perf_counter() - start
    top1, loss = test(net, job["images"], layout)
    return {"top1": top1, "loss": loss, "seconds": seconds, "images_per_second": done * BATCH / seconds}


# ---- the runs ----


class Runs:
    def __init__(self, args):
        self.args = args
        self.path = os.path.join(args.folder, "cifar.json")

    def load(self):
        state = peers.load(self.path) or {"modes": {}, "runs": {}}
        setting = {"train_images": self.args.train_images, "epochs": self.args.epochs}
        if state.setdefault("setting", setting) != setting and not self.args.report:
            sys.exit(f"cifar.py: {self.path} holds runs with {state['setting']}, not {setting}; name another --folder")
        return state

    def keep(self, kind, key, value):
        state = self.load()
        state[kind][key] = value
        peers.save(self.path, state)

    def images(self):
        return link_images(self.args.root, self.args.folder, self.args.train_images)

    def worker(self, model, seed, mode, steps=0):
        job = {"model": model, "seed": seed, "layout": mode["layout"], "threads": self.args.threads, "steps": steps,
               "epochs": self.args.epochs, "images": self.images()}
        env = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
        env.update(peers.HUGE, OMP_NUM_THREADS=str(self.args.threads), **mode["environment"])
        done = subprocess.run([sys.executable, os.path.abspath(__file__), "--worker", json.dumps(job)], env=env,
                              stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    def look(self, model):
        """PyTorch's best mode for this network, kept."""
        known = self.load()["modes"].get(model)
        if known:
            return known
        best, sets = None, {"default": {}}
        if "avx512f" in peers.cpu()[1]:
            sets["avx512"] = {"ATEN_CPU_CAPABILITY": "avx512"}
        for layout in LAYOUTS:
            for isa, environment in sets.items():
                mode = {"layout": layout, "isa": isa, "environment": environment}
                mode["images_per_second"] = self.worker(model, 0, mode, steps=12)["images_per_second"]
                peers.say(f"    PyTorch {layout} {isa}: {mode['images_per_second']:.0f} images/s")
                if not best or mode["images_per_second"] > best["images_per_second"]:
                    best = mode
        self.keep("modes", model, best)
        return best

    def pytorch(self, model, seed):
        if self.args.untimed:
            return self.worker(model, seed, {"layout": "channels_last", "environment": {}})
        return self.worker(model, seed, self.look(model))

    def pack(self):
        packed = os.path.join(self.args.folder, "images.pack")
        if not os.path.exists(packed):
            bridge.program("data", "pack", "folder", "--root", self.images(), "--output", packed, "--format", "json",
                           "--quiet")
        return packed

    def ours(self, model, seed):
        weights = os.path.join(self.args.folder, f"{model}-{seed}.safetensors")
        bridge.save_file(network(model, seed).state_dict(), weights)
        rows = bridge.program(
            "train", model, "-w", WIDTHS[model], "--input", PIXELS, "--stem-stride", 1, "--data", "folder", "--packed",
            self.pack(), "--weights", weights, "--seed", seed, "--epochs", self.args.epochs, "--batch", BATCH,
            "--optimizer", "sgd", "--lr", LR, "--momentum", 0.9, "--nesterov", "--weight-decay", WEIGHT_DECAY,
            "--schedule", "cosine", "--warmup-epochs", WARMUP_EPOCHS, "--label-smoothing", SMOOTHING, "--dropout", 0,
            "--augment", "random_crop,horizontal_flip", "--threads", self.args.threads, "--format", "json", "--quiet")
        train = [row for row in rows if row["split"] == "train"]
        seconds = sum(row["seconds"] for row in train)
        images = sum(row["seconds"] * row["images_per_second"] for row in train)
        return {"top1": rows[-1]["top1"], "loss": rows[-1]["loss"], "seconds": seconds,
                "images_per_second": images / seconds}

    def run(self, name):
        if name in self.load()["runs"]:
            return
        model, seed, side = name.split("/")
        result = getattr(self, side)(model, int(seed))
        result["timed"] = not self.args.untimed
        self.keep("runs", name, result)
        peers.say(f"{name}: top-1 {result['top1']:.2f} %, {result['seconds']:.0f} s of steps")

    # ---- the verdict ----

    def report(self):
        state = self.load()
        setting = state["setting"]
        print(f"CIFAR-10, {setting['train_images'] or 'all'} training images, {setting['epochs']} epochs, "
              f"batch {BATCH}; {peers.cpu()[0]}, PyTorch {torch.__version__}")
        print("top-1 in %, mean (standard deviation) over seeds; time of one run's steps in seconds, median\n")
        bad, missing = [], []
        for model in WIDTHS:
            rows = {side: [state["runs"].get(f"{model}/{seed}/{side}") for seed in range(self.args.seeds)]
                    for side in SIDES}
            missing += [f"{model}/{seed}/{side}" for side in SIDES for seed, row in enumerate(rows[side]) if not row]
            if self.args.seeds > 1 and all(all(rows[side]) for side in SIDES):
                bad += self.line(model, rows, state["modes"].get(model))
        if missing:
            print("missing: " + " ".join(missing))
        return bad + missing

    @staticmethod
    def line(model, rows, mode):
        top1 = {side: [row["top1"] for row in rows[side]] for side in SIDES}
        mean = {side: statistics.mean(top1[side]) for side in SIDES}
        deviation = {side: statistics.stdev(top1[side]) for side in SIDES}
        n, off = len(top1["ours"]), mean["ours"] - mean["pytorch"]
        error = math.sqrt(sum(deviation[side] ** 2 for side in SIDES) / n)
        margin = STUDENT_975[2 * n - 2] * error
        print(f"{model} w {WIDTHS[model]:g}: ours {mean['ours']:.2f} ({deviation['ours']:.2f}), PyTorch "
              f"{mean['pytorch']:.2f} ({deviation['pytorch']:.2f}), n = {n}; difference {off:+.2f}, "
              f"95 % interval {off - margin:+.2f} to {off + margin:+.2f}")
        for side in SIDES:
            print(f"    {side}: " + " ".join(f"{value:.2f}" for value in top1[side]))
        bad = [f"{model}: accuracies are {abs(off):.2f} points apart"] if abs(off) > POINTS else []
        times = {side: [row["seconds"] for row in rows[side] if row["timed"]] for side in SIDES}
        if not all(times.values()):
            return bad + [f"{model}: no run was timed on both sides"]
        ours, theirs = (statistics.median(times[side]) for side in SIDES)
        print(f"    {ours:.1f} s here, {theirs:.1f} s in PyTorch ({mode['layout']}, {mode['isa']}): "
              f"{theirs / ours:.2f} times ours")
        if theirs < TIMES * ours:
            bad.append(f"{model}: PyTorch takes only {theirs / ours:.2f} times our time")
        return bad


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", metavar="DIR", help="train/CLASS/*, test/CLASS/*")
    parser.add_argument("--only", metavar="MODEL[/SEED[/SIDE]]", default="", help="side: ours or pytorch")
    parser.add_argument("--train-images", type=int, default=0, help="so many of them (default: all)")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--untimed", action="store_true", help="other programs run too: times do not count")
    parser.add_argument("--report", action="store_true", help="only the table of what there is")
    parser.add_argument("--folder", default="build/parity")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    args = parse()
    if args.worker:
        print(json.dumps(pytorch_worker(json.loads(args.worker))))
        return
    if not args.report and not args.root:
        sys.exit("cifar.py: --root is missing: the folder of the images")
    os.makedirs(args.folder, exist_ok=True)
    runs = Runs(args)
    names = [f"{model}/{seed}/{side}" for model in WIDTHS for seed in range(args.seeds) for side in SIDES]
    chosen = [name for name in names if not args.only or (name + "/").startswith(args.only.rstrip("/") + "/")]
    if not chosen:
        sys.exit(f"cifar.py: --only {args.only} is none of: " + " ".join(names))
    for name in () if args.report else chosen:
        runs.run(name)
    bad = runs.report()
    if bad and (args.report or not args.only):
        sys.exit("cifar.py: " + "; ".join(bad))


if __name__ == "__main__":
    main()
