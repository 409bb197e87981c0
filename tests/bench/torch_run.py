#!/usr/bin/env python3
"""Time one network in PyTorch, one way, in one process; the rival's half of tests/bench/peers.py.

    python3 tests/bench/torch_run.py mobilenet_v2 --mode train --input 224 --batch 16 --threads 2 --layout channels_last
    python3 tests/bench/torch_run.py mobilenet_v2 --export build/bench/mobilenet_v2.onnx --input 224 --batch 1

Prints one JSON object with the keys of `scalestudy bench`. Training is forward, cross-entropy, backward and a step of
SGD with Nesterov momentum and weight decay, as there; dropout and stochastic depth are off on both sides. Inference
is the traced graph, frozen, with or without optimize_for_inference. Images are random, made once: no loader runs.
Needs Debian's python3-torch and python3-torchvision: a development tool.
"""

import argparse
import json
import os
import resource
import sys
import time

import torch
import torchvision
from torch import nn

CLASSES = 1000


class Separable(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv_dw = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False)
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv_pw = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.act = nn.ReLU6(inplace=True)

    def forward(self, x):
        return self.act(self.bn2(self.conv_pw(self.act(self.bn1(self.conv_dw(x))))))


class MobileNetV1(nn.Module):
    """Howard et al. 2017; torchvision has none. In place where it can be, as torchvision's own networks are."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6(inplace=True))
        blocks, channels = [], 32
        for outputs, repeats, stride in ((64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 6, 2), (1024, 2, 2)):
            for r in range(repeats):
                blocks.append(Separable(channels, outputs, stride if r == 0 else 1))
                channels = outputs
        self.blocks = nn.Sequential(*blocks)
        self.classifier = nn.Linear(channels, CLASSES)

    def forward(self, x):
        return self.classifier(self.blocks(self.stem(x)).mean((2, 3)))


def build(model):
    if model == "mobilenet_v1":
        return MobileNetV1()
    if model == "mobilenet_v2":
        return torchvision.models.mobilenet_v2(dropout=0.0)
    if model.startswith("efficientnet"):
        net = getattr(torchvision.models, model)(stochastic_depth_prob=0.0)
        net.classifier[0].p = 0.0
        return net
    return getattr(torchvision.models, model)()


def training_step(args, memory_format):
    net = build(args.model).to(memory_format=memory_format).train()
    images = torch.randn(args.batch, 3, args.input, args.input).to(memory_format=memory_format)
    labels = torch.randint(0, CLASSES, (args.batch,))
    optimizer = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9, nesterov=True, weight_decay=5e-4)
    loss = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss(net(images), labels).backward()
        optimizer.step()

    return step


def inference_step(args, memory_format):
    net = build(args.model).to(memory_format=memory_format).eval()
    images = torch.randn(args.batch, 3, args.input, args.input).to(memory_format=memory_format)
    with torch.no_grad():
        net = torch.jit.freeze(torch.jit.trace(net, images))
        if not args.frozen_only:
            net = torch.jit.optimize_for_inference(net)

    def step():
        with torch.no_grad():
            net(images)

    return step


def export(args):
    net = build(args.model).eval()
    images = torch.randn(args.batch, 3, args.input, args.input)
    with torch.no_grad():
        torch.onnx.export(net, images, args.export, opset_version=14, input_names=["images"], output_names=["logits"])


def measure(args):
    memory_format = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}[args.layout]
    step = (training_step if args.mode == "train" else inference_step)(args, memory_format)
    times = []
    end = time.perf_counter() + 0.2
    warm = 0
    while warm < args.warmup or time.perf_counter() < end:
        step()
        warm += 1
    end = time.perf_counter() + args.seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    times.sort()
    median = times[len(times) // 2] if len(times) % 2 else (times[len(times) // 2 - 1] + times[len(times) // 2]) / 2
    return {
        "model": args.model,
        "mode": args.mode,
        "input": args.input,
        "batch": args.batch,
        "threads": args.threads,
        "images_per_second": args.batch / median,
        "step_ms_median": 1e3 * median,
        "step_ms_min": 1e3 * times[0],
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "steps": len(times),
        "version": torch.__version__,
        "isa": os.environ.get("ATEN_CPU_CAPABILITY", "default"),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--mode", choices=("train", "infer"), default="train")
    parser.add_argument("--input", type=int, default=224)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--layout", choices=("contiguous", "channels_last"), default="channels_last")
    parser.add_argument("--frozen-only", action="store_true", help="no optimize_for_inference")
    parser.add_argument("--export", metavar="F.onnx", help="write the network in ONNX form instead")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    if args.export:
        export(args)
    else:
        json.dump(measure(args), sys.stdout)
        print()


if __name__ == "__main__":
    main()
