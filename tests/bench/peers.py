#!/usr/bin/env python3
"""Set scalestudy beside PyTorch and ONNX Runtime on this machine, in runs that take turns.

    python3 tests/bench/peers.py                                     everything, about an hour
    python3 tests/bench/peers.py --only train224/mobilenet_v2 --pairs 7
    python3 tests/bench/peers.py --only infer224b1 --db bench.db     rows go into the table benchmark as well

Every rival runs in its best mode: a short look at each mode first (memory layout, instruction set, allocator; for
inference PyTorch's frozen graph with and without optimize_for_inference, and ONNX Runtime), the best of which then
takes turns with scalestudy, each run a process of its own. The ratio is the median of the pairs' ratios, which
neighbours on a shared machine disturb least. Modes that were looked at are kept in FOLDER/modes.json, pairs in
FOLDER/pairs.json: --look stops after the look, --add goes on with the pairs that there are, --report prints them.

Where PyTorch is held to AVX2 (the rows "avx2"), scalestudy is too: what a machine without AVX-512 would show.

Needs Debian's python3-torch and python3-torchvision, and for ONNX Runtime node and npm, which installs it into
FOLDER: development tools, none of them needed to build, test or use the program.
"""

import argparse
import datetime
import glob
import json
import os
import platform
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ONNXRUNTIME = "onnxruntime-node@1.30.0"
MODELS = ("mobilenet_v1", "mobilenet_v2", "efficientnet_b0", "resnet50")
# Name: mode, input, batch, and the instruction sets that PyTorch is compared at.
SERIES = {
    "train224": ("train", 224, 16, ("best",)),
    "train32": ("train", 32, 128, ("avx2", "best")),
    "infer224b16": ("infer", 224, 16, ("best",)),
    "infer224b1": ("infer", 224, 1, ("best",)),
}
AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}
# glibc gives large tensors back to the system at once and pays page faults for the next ones: not so here.
KEEP = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40), "MALLOC_ARENA_MAX": "1"}
HUGE = {**KEEP, "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


def say(text):
    print(text, file=sys.stderr, flush=True)


def cpu():
    """The processor's name and the flags that it has."""
    name, flags = "unknown", set()
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                name = value.strip()
            elif key.strip() == "flags":
                flags = set(value.split())
    return name, flags


def allocators():
    """The other allocators that this system has, by environment."""
    found = {"glibc": {}, "kept": KEEP}
    for name, pattern, more in (
            ("jemalloc", "libjemalloc.so.2", {"MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1,thp:always"}),
            ("tcmalloc", "libtcmalloc_minimal.so.4", {})):
        paths = glob.glob("/usr/lib/*/" + pattern)
        if paths:
            found[name] = {"LD_PRELOAD": paths[0], **more}
    return found


class Mode:
    """One way to run a rival: its arguments, its environment, and how both are called in tables."""

    def __init__(self, program, name, arguments=(), environment=None):
        self.program, self.name = program, name
        self.arguments, self.environment = list(arguments), dict(environment or {})

    def with_allocator(self, name, environment):
        kept = {k: v for k, v in self.environment.items() if k not in HUGE}
        return Mode(self.program, self.name.replace("huge", name), self.arguments, {**kept, **environment})

    def stored(self):
        return {"program": self.program, "name": self.name, "arguments": self.arguments, "environment": self.environment}


class Cell:
    """One row of the table: a network in one mode against one rival."""

    def __init__(self, series, model, isa):
        self.mode, self.input, self.batch, _ = SERIES[series]
        self.series, self.model, self.isa = series, model, isa
        self.name = f"{series}/{model}" + ("/avx2" if isa == "avx2" else "")


class Bench:
    def __init__(self, args):
        self.args = args
        self.cpu, self.flags = cpu()
        self.has_onnx = None

    # ---- one run ----

    def run(self, command, environment=None, drop=()):
        env = {k: v for k, v in os.environ.items() if k not in drop}
        env.update(environment or {})
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()[-400:]}")
        return json.loads(done.stdout)

    def ours(self, cell, pair):
        command = [
            self.args.program, "bench", cell.model, "--mode", cell.mode, "--input", str(cell.input), "--batch",
            str(cell.batch), "--threads", str(self.args.threads), "--seconds", str(self.args.seconds), "--format", "json"]
        if self.args.db:
            command += ["--db", self.args.db]
        result = self.run(command, {"SCALESTUDY_ISA": "avx2"} if cell.isa == "avx2" else None)[0]
        if self.args.db:
            with sqlite3.connect(self.args.db) as db:
                db.execute("UPDATE benchmark SET pair = ? WHERE number = (SELECT max(number) FROM benchmark)", (pair,))
        return result

    def rival(self, cell, mode, seconds):
        environment = {"OMP_NUM_THREADS": str(self.args.threads), **mode.environment}
        drop = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # settings of a machine for OpenBLAS, not the rival's best
        if mode.program == "onnxruntime":
            network = os.path.join(self.args.onnxruntime, f"{cell.model}-{cell.input}-{cell.batch}.onnx")
            if not os.path.exists(network):
                self.torch(["--export", network], cell, environment, drop)
            return self.run(
                ["node", os.path.join(HERE, "onnx.mjs"), self.args.onnxruntime, network, cell.model, str(cell.input),
                 str(cell.batch), str(self.args.threads), str(seconds)], environment, drop)
        return self.run(self.torch_command(["--seconds", str(seconds), *mode.arguments], cell), environment, drop)

    def torch_command(self, arguments, cell):
        return [
            self.args.python, os.path.join(HERE, "torch_run.py"), cell.model, "--mode", cell.mode, "--input",
            str(cell.input), "--batch", str(cell.batch), "--threads", str(self.args.threads), *arguments]

    def torch(self, arguments, cell, environment, drop):
        subprocess.run(
            self.torch_command(arguments, cell), check=True, capture_output=True,
            env={**{k: v for k, v in os.environ.items() if k not in drop}, **environment})

    # ---- which mode is the rival's best ----

    def install_onnxruntime(self):
        """Whether there is ONNX Runtime, after trying to install it; asked once."""
        if self.has_onnx is None:
            folder = self.args.onnxruntime
            self.has_onnx = shutil.which("node") is not None
            if self.has_onnx and not os.path.isdir(os.path.join(folder, "node_modules", "onnxruntime-node")):
                say(f"installing {ONNXRUNTIME} in {folder}")
                os.makedirs(folder, exist_ok=True)
                # Its script fetches libraries for GPUs; those for the CPU come with the package.
                done = subprocess.run(
                    ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder, ONNXRUNTIME],
                    capture_output=True, text=True) if shutil.which("npm") else None
                self.has_onnx = done is not None and done.returncode == 0
            if not self.has_onnx:
                say("ONNX Runtime is not there (node and npm are needed): inference is compared with PyTorch alone")
        return self.has_onnx

    def modes(self, cell):
        if cell.isa == "avx2":
            sets = {"avx2": AVX2}
        else:
            sets = {"default": {}}
            if "avx512f" in self.flags:
                sets["avx512"] = {"ATEN_CPU_CAPABILITY": "avx512"}  # PyTorch takes it only when told to
            elif cell.mode == "train":
                sets["avx2"] = AVX2
        ways = {"": []} if cell.mode == "train" else {" optimized": [], " frozen": ["--frozen-only"]}
        for layout in ("channels_last", "contiguous"):
            for isa, environment in sets.items():
                for way, arguments in ways.items():
                    yield Mode("pytorch", f"{layout} {isa} huge{way}", ["--layout", layout, *arguments],
                               {**environment, **HUGE})
        if cell.mode == "infer" and self.install_onnxruntime():
            yield Mode("onnxruntime", "all optimizations")

    def look(self, cell):
        """The rival's best mode: all with the allocator that usually wins, then the winner with the others."""
        best, speed = None, 0.0

        def try_one(mode):
            nonlocal best, speed
            got = self.rival(cell, mode, self.args.look_seconds)["images_per_second"]
            say(f"    {got:9.1f} images/s  {mode.program} {mode.name}")
            if got > speed:
                best, speed = mode, got

        for mode in self.modes(cell):
            try_one(mode)
        if best.program == "pytorch":
            winner = best
            for name, environment in allocators().items():
                # As it comes, glibc is hopeless on large tensors: several times slower, a minute of waiting.
                if name != "glibc" or cell.batch * cell.input ** 2 < 200000:
                    try_one(winner.with_allocator(name, environment))
        return best

    # ---- pairs ----

    def pair(self, cell, mode, number):
        name = f"{cell.name} {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
        if number % 2:
            rival, ours = self.rival(cell, mode, self.args.seconds), self.ours(cell, name)
        else:
            ours, rival = self.ours(cell, name), self.rival(cell, mode, self.args.seconds)
        say(f"    ours {ours['images_per_second']:9.1f}   {mode.program} {rival['images_per_second']:9.1f}   "
            f"ratio {ours['images_per_second'] / rival['images_per_second']:.2f}   share {ours['share_of_peak']:.2f}")
        if self.args.db:
            self.store(cell, mode, rival, ours, name)
        return {"ours": ours, "rival": rival, "mode": mode.stored(), "pair": name}

    def store(self, cell, mode, rival, ours, pair):
        where = (socket.gethostname(), self.cpu, rival["isa"], rival["version"], "", os.cpu_count(), rival["threads"])
        with sqlite3.connect(self.args.db) as db:
            db.execute("INSERT INTO environment (host, cpu, isa, version, blas, cores, threads) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", where)
            db.execute(
                "INSERT INTO benchmark (measured_utc, program, setting, pair, environment, model, mode, width, depth, input, "
                "batch, steps, images_per_second, step_ms_median, step_ms_min, peak_bytes, macs, peak_flops) "
                "SELECT ?, ?, ?, ?, number, ?, ?, 1, 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM environment "
                "WHERE (host, cpu, isa, version, blas, cores, threads) = (?, ?, ?, ?, ?, ?, ?)",
                (f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}", mode.program, mode.name, pair,
                 cell.model, cell.mode, cell.input, cell.batch, rival["steps"], rival["images_per_second"],
                 rival["step_ms_median"], rival["step_ms_min"], rival["peak_bytes"], ours["macs"], ours["peak_flops"],
                 *where))

    # ---- the table ----

    def report(self, pairs):
        print(f"{self.cpu}, {os.cpu_count()} cores, {'AVX-512' if 'avx512f' in self.flags else 'AVX2'}, "
              f"{platform.system()} {platform.release()}; {self.args.threads} threads; "
              f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}\n")
        print("| series | network | images/s | rival | its best mode | ratio (least, most) | pairs | share of peak "
              "| memory, MB | rival's |")
        print("| --- | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |")
        for cell in all_cells():
            rows = pairs.get(cell.name)
            if rows:
                print(self.line(cell, rows))

    def line(self, cell, rows):
        def middle(side, key):
            return statistics.median(row[side][key] for row in rows)

        ratios = [row["ours"]["images_per_second"] / row["rival"]["images_per_second"] for row in rows]
        mode = rows[-1]["mode"]
        series = cell.series + (", both AVX2" if cell.isa == "avx2" else "")
        return (f"| {series} | {cell.model} | {middle('ours', 'images_per_second'):.1f} "
                f"| {middle('rival', 'images_per_second'):.1f} "
                f"| {mode['program']} {rows[-1]['rival']['version']}, {mode['name']} "
                f"| {statistics.median(ratios):.2f} ({min(ratios):.2f}, {max(ratios):.2f}) | {len(rows)} "
                f"| {100 * middle('ours', 'share_of_peak'):.0f} % | {middle('ours', 'peak_bytes') / 1e6:.0f} "
                f"| {middle('rival', 'peak_bytes') / 1e6:.0f} |")


def all_cells():
    return [Cell(series, model, isa) for series in SERIES for model in MODELS for isa in SERIES[series][3]]


def chosen_cells(only):
    cells = all_cells()
    for part in only:
        if not any(matches(cell, part) for cell in cells):
            sys.exit(f"peers.py: --only {part} is none of: " + ", ".join(cell.name for cell in cells))
    return [cell for cell in cells if not only or any(matches(cell, part) for part in only)]


def matches(cell, part):
    """A series, a network, both with a slash between, or a cell's whole name."""
    return part in (cell.series, cell.model, cell.name, f"{cell.series}/{cell.model}")


def load(path):
    if not os.path.exists(path):
        return {}
    with open(path) as stream:
        return json.load(stream)


def save(path, what):
    with open(path + ".tmp", "w") as stream:
        json.dump(what, stream, indent=1)
    os.replace(path + ".tmp", path)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = os.path.dirname(os.path.dirname(HERE))
    parser.add_argument("--only", action="append", default=[], metavar="PART", help="a series, a network, or both: "
                        "train224/resnet50; may be given several times")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seconds", type=float, default=3, help="that each run times steps for")
    parser.add_argument("--look-seconds", type=float, default=1.0)
    parser.add_argument("--look", action="store_true", help="only find the rivals' best modes")
    parser.add_argument("--look-again", action="store_true", help="though modes.json knows them")
    parser.add_argument("--add", action="store_true", help="go on with the pairs that there are")
    parser.add_argument("--report", action="store_true", help="only print the table of the pairs that there are")
    parser.add_argument("--db", metavar="F", help="put every run into this database too")
    parser.add_argument("--program", default=os.path.join(root, "build", "scalestudy"))
    parser.add_argument("--python", default="/usr/bin/python3", help="that has torch and torchvision")
    parser.add_argument("--folder", default=os.path.join(root, "build", "bench"))
    parser.add_argument("--onnxruntime", metavar="DIR", help="folder to install it in (default: FOLDER)")
    args = parser.parse_args()
    args.onnxruntime = args.onnxruntime or args.folder
    return args


def main():
    args = parse()
    bench = Bench(args)
    os.makedirs(args.folder, exist_ok=True)
    modes_path, pairs_path = (os.path.join(args.folder, name) for name in ("modes.json", "pairs.json"))
    modes, pairs = load(modes_path), load(pairs_path)
    for cell in () if args.report else chosen_cells(args.only):
        say(cell.name)
        if args.look_again or cell.name not in modes:
            modes[cell.name] = bench.look(cell).stored()
            save(modes_path, modes)
        if args.look:
            continue
        mode = Mode(**modes[cell.name])
        rows = pairs.get(cell.name, []) if args.add else []
        for number in range(args.pairs):
            rows.append(bench.pair(cell, mode, number))
            pairs[cell.name] = rows
            save(pairs_path, pairs)
    if not args.look:
        bench.report(pairs)


if __name__ == "__main__":
    main()
