"""All series of one space: which files of the authors' repository hold them."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from hwbench_mo.measurements.upstream.series import Series
from hwbench_mo.progress import track
from hwbench_mo.spaces import SearchSpace

GPUS = {device: device for device in ("a100", "a40", "a6000", "h100")} | {"p100": "P100"}
GPUS |= {device: device for device in ("rtx2080", "rtx3080", "v100")}
CPUS = {
    "xeon_gold": "cpu_meta",
    "xeon_silver": "cpu_mlgpu",
    "epyc_7452": "cpu_a6000",
    "epyc_7502": "cpu_alldlc",
    "epyc_7513": "helix_cpu",
}
FOLDERS = GPUS | CPUS
"""The authors' names of the devices, which are parts of the names of folders."""
MEMORY_DEVICES = {"memory_bfloat16": "a100", "memory_float16": "rtx2080"}
SUFFIXES = {"gpt_s": "", "gpt_m": "_m", "gpt_l": "_l"}

ReadSeries = Callable[[str, str, SearchSpace], Series]
"""Of a stem, a kind of `records.KINDS` and a space."""


@dataclass(frozen=True, eq=False)
class Campaign:
    """Every series of one space."""

    latency: dict[str, Series]
    energy: dict[str, Series]
    """On GPUs; the energy of CPUs is beside their latency."""
    memory: dict[str, Series]
    quality: Series

    @property
    def hardware(self) -> list[Series]:
        """What was measured of every architecture."""
        return [*self.latency.values(), *self.energy.values(), *self.memory.values()]


def read_campaign(read: ReadSeries, space: SearchSpace, pool: Executor) -> Campaign:
    """Every series of a space, several at once.

    Raises
    ------
    InputError
        If a file is missing, or is not as it must be.
    """
    suffix, observations = SUFFIXES[space.name], "efficiency_observations"
    tracker = "efficiency_energy_observations_tracker"

    def start(stem: str, kind: str) -> Future[Series]:
        return pool.submit(read, stem, kind, space)

    latency = {one: start(f"latency_{name}{suffix}/{observations}", "latency_gpu") for one, name in GPUS.items()}
    latency |= {one: start(f"latency_{name}{suffix}/{observations}", "latency_cpu") for one, name in CPUS.items()}
    energy = {one: start(f"latency_{name}{suffix}/{tracker}", "energy") for one, name in GPUS.items()}
    memory = {one: start(f"mem_{name}{suffix}/{observations}", "memory") for one, name in MEMORY_DEVICES.items()}
    quality = start(f"arch_ppl_bench_{space.name[-1]}/ppl_observations_tracker", "quality")
    started = [*latency.values(), *energy.values(), *memory.values(), quality]
    try:
        for future in track(started, f"import {space.name}", unit="series"):
            future.result()
    finally:
        for future in started:
            future.cancel()
    return Campaign(
        {one: future.result() for one, future in latency.items()},
        {one: future.result() for one, future in energy.items()},
        {one: future.result() for one, future in memory.items()},
        quality.result(),
    )
