"""What the program's recipes mean, in PyTorch: optimizers, schedules, moving average; and weight files.

    optimizer = recipes.OPTIMIZERS["rmsprop"](recipes.groups(net, 1e-5), lr=0.016)
    average = recipes.Average(net, 0.9999)
    for step in range(steps):
        recipes.set_lr(optimizer, recipes.exponential(step, ...))
        ...; optimizer.step(); average.update(net, step + 1)

Written from the definitions, not from the C code: the parity scripts compare the two.
"""

import json
import math
import struct
from functools import partial

import numpy as np
import torch
from torch import nn


class RMSpropTF(torch.optim.Optimizer):
    """tf.train.RMSPropOptimizer: epsilon inside of the root, the mean of squares begins as 1, the learning rate
    inside of the momentum. weight_decay is L2, as in a loss."""

    def __init__(self, params, lr, decay=0.9, momentum=0.9, eps=1e-3, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "decay": decay, "momentum": momentum, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["rms"], state["momentum"] = torch.ones_like(p), torch.zeros_like(p)
                grad = p.grad + group["weight_decay"] * p
                state["rms"] += (grad.square() - state["rms"]) * (1 - group["decay"])
                state["momentum"] *= group["momentum"]
                state["momentum"] += group["lr"] * grad / (state["rms"] + group["eps"]).sqrt()
                p -= state["momentum"]


OPTIMIZERS = {
    "sgd": partial(torch.optim.SGD, momentum=0.9, nesterov=True),
    "rmsprop": RMSpropTF,
    "adamw": torch.optim.AdamW,
}


def groups(net, weight_decay):
    """Weights decay; biases and batch norms do not."""
    weights = [p for p in net.parameters() if p.dim() > 1]
    others = [p for p in net.parameters() if p.dim() <= 1]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


def set_lr(optimizer, lr):
    for group in optimizer.param_groups:
        group["lr"] = lr


def warmed_up(step, lr, warmup_steps, later):
    return lr * (step + 1) / warmup_steps if step < warmup_steps else lr * later(step)


def cosine(step, lr, warmup_steps, steps):
    def later(at):
        return 0.5 * (1 + math.cos(math.pi * (at - warmup_steps) / (steps - warmup_steps)))
    return warmed_up(step, lr, warmup_steps, later)


def exponential(step, lr, warmup_steps, decay_steps, rate=0.97):
    """tf.train.exponential_decay with staircase."""
    return warmed_up(step, lr, warmup_steps, lambda at: rate ** (at // decay_steps))


def constant(step, lr, warmup_steps):
    return warmed_up(step, lr, warmup_steps, lambda at: 1.0)


class Average:
    """tf.train.ExponentialMovingAverage(decay, num_updates) of parameters and running statistics."""

    def __init__(self, net, decay):
        self.decay = decay
        self.values = {key: value.clone() for key, value in self.of(net)}

    @staticmethod
    def of(net):
        return [(k, v.detach()) for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")]

    def update(self, net, step):
        decay = min(self.decay, (1 + step) / (10 + step))
        for key, value in self.of(net):
            self.values[key] = decay * self.values[key] + (1 - decay) * value


def set_bn_momentum(net, momentum):
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = momentum


def small_stem(net):
    """--stem-stride 1."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.stride = (1, 1)
            return net
    raise ValueError("no convolution")


DTYPES = {"F32": np.float32, "I64": np.int64}


def save_safetensors(path, tensors):
    header, chunks, at = {"__metadata__": {"format": "pt"}}, [], 0
    for name, tensor in tensors.items():
        array = np.ascontiguousarray(tensor.detach().numpy())
        dtype = "I64" if array.dtype == np.int64 else "F32"
        data = array.astype(DTYPES[dtype]).tobytes()
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [at, at + len(data)]}
        chunks.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def load_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header, body, tensors = json.loads(data[8:8 + size]), memoryview(data)[8 + size:], {}
    for name, row in header.items():
        if name != "__metadata__":
            begin, end = row["data_offsets"]
            array = np.frombuffer(body[begin:end], DTYPES[row["dtype"]]).reshape(row["shape"])
            tensors[name] = torch.from_numpy(array.copy())
    return tensors
