"""A device of known tables, with noise, drift, outliers and throttling: what a campaign has to see through."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo import Architecture, SearchSpace
from hwbench_mo.profiling.campaign import Campaign, Status
from hwbench_mo.profiling.journal import Journal, opened
from hwbench_mo.profiling.meter import Reading, TooLargeError
from hwbench_mo.profiling.settings import Settings
from hwbench_mo.surrogates import AdditiveModel
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.typing import Codes, Floats


def device_tables(space: SearchSpace) -> dict[str, AdditiveModel]:
    """Tables as a GPU might have: wider models and more heads cost more, and bias a little."""
    width = np.array(space.embed_dim, dtype=np.float64)[:, None, None] / space.embed_dim[-1]
    bias = 1 + 0.02 * np.array(space.bias, dtype=np.float64)[None, :, None]
    ratio = np.array(space.mlp_ratio, dtype=np.float64)[None, None]
    heads = np.array(space.n_head, dtype=np.float64)[None, None]
    latency = AdditiveModel(
        base=np.broadcast_to(4 * width * bias + 0.5, (len(width), len(space.bias), len(space.n_layer))),
        mlp=(bias * width * (0.1 * ratio + 0.05))[:, :, None],
        head=(bias * width * 0.03 * heads)[:, :, None],
    )
    return {"latency": latency, "energy": latency.scaled(np.full((len(width), len(space.bias)), 1.2e-4))}


class SimulatedMeter:
    """Answers from tables.

    Parameters
    ----------
    noise
        Standard deviation of the logarithm of one repeat; that of energies is three times as large.
    drift
        By row, what measurements are multiplied by.
    outliers
        Rows that take three times as long.
    holds
        Architectures that fit into the memory.
    seconds
        What a row takes, for tests that kill.
    """

    measures_energy = True

    def __init__(
        self,
        space: SearchSpace,
        tables: Mapping[str, AdditiveModel],
        *,
        name: str = "GPU 0",
        noise: float = 0.002,
        drift: Callable[[int], float] = lambda row: 1.0,
        outliers: tuple[int, ...] = (),
        holds: Callable[[Architecture], bool] = lambda architecture: True,
        others: tuple[str, ...] = (),
        seconds: float = 0.0,
        passes: int = 20,
        seed: int = 0,
    ) -> None:
        self.name = name
        self._space = space
        self._tables = tables
        self._noise = noise
        self._drift = drift
        self._outliers = outliers
        self._holds = holds
        self._others = list(others)
        self._seconds = seconds
        self._passes = passes
        self._rng = np.random.default_rng(seed)
        self.rows = 0
        self.measured: list[Architecture] = []

    @property
    def facts(self) -> Mapping[str, Any]:
        return {"device_name": "simulated", "energy": "nvml", "energy_reason": None, "driver": "1.0", "versions": {}}

    def warm_up(self, architecture: Architecture) -> None:
        pass

    def others(self) -> list[str]:
        return self._others

    def measure(self, architecture: Architecture, *, energy: bool) -> Reading:
        if not self._holds(architecture):
            raise TooLargeError("CUDA out of memory")
        time.sleep(self._seconds)
        factor = self._drift(self.rows) * (3 if self.rows in self._outliers else 1)
        throttled = ["power_cap"] if factor > 1.05 else []
        self.rows += 1
        self.measured.append(architecture)

        def repeats(metric: str, n: int, noise: float) -> tuple[float, ...]:
            value = Kernel(self._space, [self._tables[metric]])(self._space.encode(architecture))[0, 0]
            return tuple((value * factor * self._rng.lognormal(0, noise, n)).tolist())

        return Reading(
            latency_ms=repeats("latency", self._passes, self._noise),
            energy_wh=repeats("energy", 3, 3 * self._noise) if energy else None,
            peak_memory_mb=100.0 * architecture.embed_dim + architecture.n_layer,
            state={"sm_mhz": 1700 - 10 * len(throttled), "throttled": throttled},
        )


def settings_of(space: SearchSpace, **changes: Any) -> Settings:
    """Of a simulated campaign."""
    defaults: dict[str, Any] = {"device": "mine", "dtype": "bfloat16", "protocol": "graph"}
    return Settings(space=space, **defaults | changes)


def run_campaign(
    folder: Path, settings: Settings, *meters: SimulatedMeter, tell: Callable[[str], None] = lambda line: None
) -> tuple[Journal, Status]:
    """A whole campaign, or what is left of it."""
    with opened(folder, settings) as journal:
        status = Campaign(journal, meters, progress=lambda status: None, tell=tell).run()
    return journal, status


def truth(space: SearchSpace, tables: Mapping[str, AdditiveModel], metric: str, codes: Codes) -> Floats:
    """``[n]``; what the device's tables say."""
    return Kernel(space, [tables[metric]])(codes)[:, 0]
