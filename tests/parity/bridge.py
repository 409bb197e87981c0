"""What live.py and export.py share: safetensors files without the package, images, and running the program.

The reader and writer are a second implementation of the format beside workloads/nn/io/safetensors.c, on purpose.
"""

import json
import os
import subprocess
import sys

import numpy as np
import torch
from PIL import Image

DTYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64}
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def save_file(state, path):
    header, data = {"__metadata__": {"format": "pt"}}, []
    at = 0
    for name, tensor in state.items():
        tensor = tensor.detach().contiguous()
        raw = tensor.reshape(-1).view(torch.uint8) if tensor.dim() else tensor.reshape(1).view(torch.uint8)
        dtype = next(key for key, value in DTYPES.items() if value == tensor.dtype)
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [at, at + raw.numel()]}
        at += raw.numel()
        data.append(raw.numpy().tobytes())
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(data))


def load_file(path):
    with open(path, "rb") as file:
        content = bytearray(file.read())
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    state = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        raw = torch.frombuffer(content, dtype=torch.uint8, count=end - begin, offset=start + begin)
        state[name] = raw.clone().view(DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return state


def program(*words):
    """Run the program; what it prints as JSON, an object a line. Its errors go to standard error."""
    path = os.environ.get("SCALESTUDY", "build/scalestudy")
    done = subprocess.run([path, *map(str, words)], stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"{path} {' '.join(map(str, words))}: exit status {done.returncode}")
    return [json.loads(line) for line in done.stdout.decode().splitlines() if line.startswith("{")]


def write_image(path, pixels, generator):
    """A PNG of blotches of several sizes, so that its statistics are somewhat like a photograph's."""
    field = np.zeros((pixels, pixels, 3))
    for side in (3, 7, 20, pixels):
        noise = torch.rand((1, 3, side, side), generator=generator, dtype=torch.float64)
        field += torch.nn.functional.interpolate(
            noise, size=(pixels, pixels), mode="bilinear", align_corners=False)[0].permute(1, 2, 0).numpy()
    field = (field - field.min()) / (field.max() - field.min())
    os.makedirs(os.path.dirname(path), exist_ok=True)
    Image.fromarray((255 * field).round().astype(np.uint8)).save(path)


def read_images(paths):
    """As a network's input in float64: [N, 3, H, W], normalised like the program's default."""
    mean, std = (torch.tensor(x, dtype=torch.float64) for x in (MEAN, STD))
    images = [torch.from_numpy(np.asarray(Image.open(path)).astype(np.float64)) / 255 for path in paths]
    return torch.stack([((image - mean) / std).permute(2, 0, 1) for image in images])


def predict(model, weights, paths, classes, *options):
    """Logits of the program, [N, classes]."""
    rows = program("predict", model, "--weights", weights, "--top", classes, "--format", "json", "--quiet",
                   *options, *paths)
    logits = torch.zeros((len(paths), classes), dtype=torch.float64)
    for i, row in enumerate(rows):
        assert row["file"] == paths[i] and len(row["top"]) == classes
        for score in row["top"]:
            logits[i, score["class"]] = score["logit"]
    assert len(rows) == len(paths)
    return logits


def relative(ours, theirs):
    """The largest difference, relative to the largest value."""
    return ((ours - theirs).abs().max() / theirs.abs().max()).item()
