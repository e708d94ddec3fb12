"""Files in which a bit was flipped, or that were cut short: what they said, or one line."""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import hwbench_mo as hb
from hwbench_mo.surrogates.artifact import SHIPPED
from hwbench_mo.surrogates.device_file import write_device
from tests.support.device import contents
from tests.torture.outcome import Tally

PER_FILE = ("latency", "energy")
ARRAYS = ("codes", "values", "centre", "finish_times", "start_times", "repeats")


class Sampler:
    """Proposes random architectures."""

    def __init__(self, problem: hb.Problem) -> None:
        self.space, self.rng = problem.space, np.random.default_rng(0)

    def ask(self, n: int, /) -> Any:
        return self.space.sample(n, self.rng)

    def tell(self, codes: Any, values: Any, /) -> None: ...


def said(run: hb.Trajectory) -> str:
    """All that a run says, as text."""
    arrays = {name: getattr(run, name).tolist() for name in ARRAYS}
    return json.dumps([run.objectives, run.config, run.provenance, arrays], sort_keys=True)


def damage(content: bytes, rng: np.random.Generator) -> bytes:
    """A bit flipped, in nine of ten cases; else cut short."""
    if rng.random() < 0.1:
        return content[: rng.integers(len(content))]
    broken = bytearray(content)
    bit = int(rng.integers(8 * len(content)))
    broken[bit // 8] ^= 1 << bit % 8
    return bytes(broken)


def flip_runs(n: int, seed: int) -> Tally:
    """``n`` damaged files of runs, with noise and without."""
    tally = Tally("damaged files of runs")
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as name:
        for noise in ("none", "sample"):
            problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"], noise=noise)
            run = hb.simulate(problem, Sampler(problem), budget=20, n_workers=2, config={"seed": 0})
            content, expected = run.save(Path(name) / f"{noise}.parquet").read_bytes(), said(run)
            path = Path(name) / "damaged.parquet"
            for _ in range(n // 2):
                path.write_bytes(damage(content, rng))
                tally.attack("run", lambda: said(hb.Trajectory.load(path)), lambda found: found == expected)  # noqa: B023
    return tally


def flip_artifacts(n: int, seed: int) -> Tally:
    """``n`` damaged artifacts, in the manifest or in the tables."""
    tally = Tally("damaged artifacts")
    rng = np.random.default_rng(seed)
    codes = hb.SPACES["gpt_s"].sample(3, np.random.default_rng(0))
    targets = ("perplexity", "energy@p100", "memory_float16")

    def answers(folder: Path) -> list[Any]:
        bench = hb.load_benchmark("gpt_s", artifacts=folder)
        return [bench.predict(codes, target).quantile([0.05, 0.5]).tolist() for target in targets]

    expected = answers(SHIPPED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(SHIPPED, Path(name) / "artifacts"))
        for file in ("gpt_s.json", "gpt_s.npz"):
            content = (folder / file).read_bytes()
            for _ in range(n // 2):
                (folder / file).write_bytes(damage(content, rng))
                tally.attack(file, lambda: answers(folder), lambda found: found == expected)
            (folder / file).write_bytes(content)
    return tally


def flip_devices(n: int, seed: int) -> Tally:
    """``n`` damaged files of a device's tables."""
    tally = Tally("damaged device tables")
    rng = np.random.default_rng(seed)
    space = hb.SPACES["gpt_s"]
    codes = space.sample(3, np.random.default_rng(0))

    def answers(path: Path) -> list[Any]:
        bench = hb.load_benchmark("gpt_s", devices=path)
        device = bench.devices["mine"]
        return [device.facts, *(bench.predict(codes, f"{metric}@mine").median.tolist() for metric in PER_FILE)]

    with tempfile.TemporaryDirectory() as name:
        path = write_device(space, "mine", contents("mine", *PER_FILE), Path(name))
        content, expected = path.read_bytes(), answers(path)
        for _ in range(n):
            path.write_bytes(damage(content, rng))
            tally.attack("device", lambda: answers(path), lambda found: found == expected)
    return tally


FLIPS: tuple[Callable[[int, int], Tally], ...] = (flip_runs, flip_artifacts, flip_devices)
