"""A device of known tables that drifts, throttles and is disturbed, and a folder of what it measures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwbench_mo import SearchSpace, load_benchmark
from hwbench_mo.fitting import fit_folder
from hwbench_mo.measurements import Measurements, write_measurements
from hwbench_mo.spaces import get_space
from hwbench_mo.surrogates import AdditiveModel
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.surrogates.packing import Contents
from hwbench_mo.surrogates.support import Support
from hwbench_mo.typing import Codes, Floats

PROTOCOL: dict[str, Any] = {
    "protocol": "graph",
    "device_name": "A simulated GPU",
    "dtype": "bfloat16",
    "energy": "nvml",
    "energy_reason": None,
    "driver": "1.2",
    "versions": {},
    "clocks": None,
    "power_limit_w": None,
    "busy": [],
}


def some_design(space: SearchSpace, n_group: int, rng: np.random.Generator) -> Codes:
    """``n_group`` architectures of every embed_dim and bias, half of them of one choice in all layers, shuffled."""
    groups = []
    for e in range(len(space.embed_dim)):
        for b in range(len(space.bias)):
            codes = space.sample(n_group, rng)
            codes[:, 0], codes[:, 2] = e, b
            for row in range(n_group // 2):
                codes[row, 1] = rng.integers(len(space.n_layer))
                codes[row, space.mlp_genes] = rng.integers(len(space.mlp_ratio))
                codes[row, space.head_genes] = rng.integers(len(space.n_head))
            groups.append(space.repair(codes))
    codes = np.concatenate(groups)
    rng.shuffle(codes)
    return codes


def corners(space: SearchSpace) -> Codes:
    """Architectures whose layers all take the same choice."""
    rng = np.random.default_rng(0)
    codes = space.sample(100, rng)
    codes[:, space.mlp_genes] = rng.integers(len(space.mlp_ratio), size=(100, 1))
    codes[:, space.head_genes] = rng.integers(len(space.n_head), size=(100, 1))
    return space.repair(codes)


@dataclass(frozen=True)
class SimulatedDevice:
    """What it measures of a space; all random draws come from ``seed``.

    Parameters
    ----------
    slow
        Log of the slow drift, from the share of the campaign that is over.
    throttled
        First and last campaign_index of an episode, and by which factor it is slower.
    outliers
        Values of campaign_index that are half as slow again.
    noise
        Standard deviation of one repeat's logarithm.
    """

    space: SearchSpace
    seed: int = 0
    n_group: int = 14
    slow: Callable[[Floats], Floats] = np.zeros_like
    throttled: tuple[int, int, float] | None = None
    outliers: tuple[int, ...] = ()
    noise: float = 0.003
    every: int = 8
    protocol: Mapping[str, Any] = field(default_factory=dict)

    @property
    def models(self) -> dict[str, AdditiveModel]:
        """The tables: latency in ms, energy in Wh, peak memory in MB; of devices that ship, times a factor."""
        shipped = load_benchmark(self.space.name).models
        names = {"latency": "latency@h100", "energy": "energy@h100", "peak_memory": "memory_bfloat16"}
        factor = np.full((len(self.space.embed_dim), len(self.space.bias)), 1.25)
        plain = {metric: replace(shipped[name], curve=None) for metric, name in names.items()}
        return {metric: model.scaled(factor) for metric, model in plain.items()}

    def measure(self, name: str, *, energy: bool = True) -> Measurements:
        """The record of a campaign: a reference after every few rows, and a tenth held out."""
        rng = np.random.default_rng(self.seed)
        design = some_design(self.space, self.n_group, rng)
        rows: list[Any] = []
        for place, code in enumerate(design):
            rows += [design[0]] * (place % self.every == 0) + [code]
        codes = np.array([*rows, design[0]])
        n = len(codes)
        held_out = (rng.random(n) < 0.1) & (codes != design[0]).any(axis=1)
        log_ratio = self.slow(np.arange(n) / (n - 1))
        if self.throttled:
            first, last, factor = self.throttled
            log_ratio[first : last + 1] += np.log(factor)
        log_ratio[list(self.outliers)] += np.log(1.5)
        readings = {}
        for metric, model in self.models.items():
            values = Kernel(self.space, [model])(codes)
            if metric == "peak_memory":
                readings[f"{metric}@{name}"] = values
            elif energy or metric == "latency":
                repeats = values * np.exp(log_ratio[:, None] + rng.normal(0, self.noise, (n, 5)))
                readings[f"{metric}@{name}"] = repeats
        usual = {"batch": self.space.batch_size, "sequence": 1024}
        protocols = {name: {**PROTOCOL, **usual, **self.protocol}}
        return Measurements(self.space, np.arange(n), codes, readings, np.full(n, np.nan), held_out, protocols)

    def write(self, folder: Path, name: str) -> Path:
        """A folder of measurements."""
        write_measurements(self.measure(name), folder)
        return folder


def fitted_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tables of ``my_gpu``: on gpt_s, and on gpt_m with another batch and sequence."""
    place = tmp_path_factory.mktemp("device")
    write_measurements(SimulatedDevice(get_space("gpt_s")).measure("my_gpu"), place / "my_gpu")
    other = {"batch": 1, "sequence": 256}
    write_measurements(SimulatedDevice(get_space("gpt_m"), protocol=other).measure("my_gpu"), place / "my_gpu")
    fit_folder(place / "my_gpu", place / "my_tables")
    return place / "my_tables"


def contents(device: str = "mine", *metrics: str) -> Contents:
    """Tables that ship, under the name of another device."""
    space = get_space("gpt_s")
    shipped = load_benchmark("gpt_s")
    names = {f"{metric}@{device}": f"{metric}@h100" for metric in metrics or ("latency", "energy")}
    return Contents(
        {mine: shipped.models[name] for mine, name in names.items()},
        {mine: shipped.noise[name] for mine, name in names.items()},
        {"protocol": {"batch": 8}},
        {mine: shipped.errors[name] for mine, name in names.items()},
        {"hardware": Support.of(space, space.sample(200, np.random.default_rng(0)))},
    )
