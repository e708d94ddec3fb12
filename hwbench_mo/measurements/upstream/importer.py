"""Makes a folder of measurements out of the history of the authors' repository.

The repository is a clone of ``automl/HW-GPT-Bench`` with its history, in which the measurements are pickles that were
deleted later. What the authors' code says of these files, and what the importer relies on:

- Each architecture was sampled once, without repetition, and the list was cut into jobs: ``…_2500_5000.pkl`` holds
  architectures 2500 to 4999 in order. The campaign_index is the position in the list. The authors' readers match
  records by architecture and take the first of several; so does the importer. The longest list of a job has the order.
- ``arch`` has ``sample_embed_dim``, ``sample_n_layer``, ``sample_bias``, and ``sample_mlp_ratio`` and
  ``sample_n_head`` with one entry for each layer of the deepest network, of which the first ``sample_n_layer`` count.
- ``latency_{device}{,_m,_l}/efficiency_observations_…`` has ``times_profiler_gpu`` or ``…_cpu`` with a unit for each
  time, ``mean_energy_cpu`` in Wh, and params, macs and flops, which depend on the architecture alone; one device at
  least must have them right.
- ``…/efficiency_energy_observations_tracker_…`` has ``energy_gpu``, fifty times. The label is KWh, but the values are
  seconds times watts over 3600, which is Wh. (Files without ``_tracker`` are an earlier attempt and are not read.)
- ``mem_{a100,rtx2080}{,_m,_l}/efficiency_observations_…`` has ``mean_mem``, bytes over 1e6: bfloat16 on the a100,
  float16 on the rtx2080.
- ``arch_ppl_bench_{s,m,l}/ppl_observations_tracker_…`` has perplexity and accuracy, of a part of m and l;
  null elsewhere. Values of architectures outside the campaign are not used.
- These folders were in the root, then in ``data_collection``, most of them in ``raw_results_hw``; any parent will do.

``perplexity_mlp``, the prediction of the authors' network, is not among these files: it is null throughout.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.files import new_folder
from hwbench_mo.measurements.layout import ARCHITECTURES
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.measurements.upstream.git_history import History, Version
from hwbench_mo.measurements.upstream.records import (
    FILES,
    Latency,
    Quality,
    Series,
    take_energy,
    take_latency,
    take_memory,
    take_quality,
)
from hwbench_mo.measurements.writer import write_measurements
from hwbench_mo.spaces import Architecture, SearchSpace, get_space
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import CLOSED_FORM
from hwbench_mo.typing import Floats

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
N_TIMES, N_ENERGIES_GPU, N_ENERGIES_CPU = 10, 50, 1
"""Repeats that a row has room for; where a device was measured less often, the rest is missing."""


@dataclass(frozen=True)
class Imported:
    """How many architectures of a space were written, and left out because something was not measured of them."""

    space: str
    written: int
    left_out: int


@dataclass(frozen=True)
class _Campaign:
    """Every series of one space."""

    latency: dict[str, Series[Latency]]
    energy: dict[str, Series[list[float]]]
    """On GPUs; the energy of CPUs is beside their latency."""
    memory: dict[str, Series[float]]
    quality: Series[Quality]


def import_upstream(git_dir: Path, out: Path) -> list[Imported]:
    """Write a folder of measurements, and say what it holds of each space. A space without any file is left out whole.

    Raises
    ------
    OutputExistsError
        If ``out`` exists.
    InputError
        If a file is missing, or is not as the description of this module says. Nothing is left behind.
    """
    with new_folder(out) as folder:
        history = History(git_dir)
        files = history.newest(FILES)
        folders = {name.split("/")[0] for name in files}
        spaces = [
            name
            for name, suffix in SUFFIXES.items()
            if any(f"latency_{f}{suffix}" in folders for f in FOLDERS.values())
        ]
        if not spaces:
            raise InputError(f"{git_dir} has no file latency_a100/efficiency_observations_START_END.pkl in its history")
        return [_import_space(history, files, get_space(name), folder) for name in spaces]


def _import_space(history: History, files: Mapping[str, Version], space: SearchSpace, folder: Path) -> Imported:
    campaign = _read_campaign(history, files, space)
    index = _campaign_index(campaign.latency.values())
    series: list[Series[Any]] = [*campaign.latency.values(), *campaign.energy.values(), *campaign.memory.values()]
    _refuse_strangers(series, index)
    rows = {a: i for a, i in index.items() if all(a in one.values for one in series)}
    if not rows:
        raise InputError(f"{history.folder} has no architecture of {space.name} that was measured on every device")
    if rows.keys().isdisjoint(campaign.quality.values):
        raise InputError(
            f"{campaign.quality.parts[0].version}: no perplexity is of an architecture that was measured on devices"
        )
    try:
        write_measurements(_measurements(space, rows, campaign), folder, sources=_sources(campaign))
    except InputError as error:
        raise InputError(f"what {history.folder} holds is contradictory: {error}".replace(f"{folder}/", "")) from None
    return Imported(space.name, len(rows), len(index) - len(rows))


def _read_campaign(history: History, files: Mapping[str, Version], space: SearchSpace) -> _Campaign:
    source: dict[str, Any] = {"history": history, "files": files, "space": space}
    suffix = SUFFIXES[space.name]

    def observed(kind: str, folders: Mapping[str, str], file: str, take: Any) -> dict[str, Any]:
        return {one: Series(f"{kind}_{name}{suffix}/{file}", take, **source) for one, name in folders.items()}

    latency = observed("latency", GPUS, "efficiency_observations", partial(take_latency, processor="gpu"))
    latency |= observed("latency", CPUS, "efficiency_observations", partial(take_latency, processor="cpu"))
    return _Campaign(
        latency,
        observed("latency", GPUS, "efficiency_energy_observations_tracker", take_energy),
        observed("mem", MEMORY_DEVICES, "efficiency_observations", take_memory),
        Series(f"arch_ppl_bench_{space.name[-1]}/ppl_observations_tracker", take_quality, **source),
    )


def _measurements(space: SearchSpace, rows: Mapping[Architecture, int], campaign: _Campaign) -> Measurements:
    """Everything that was measured of the architectures ``rows``, which are mapped to their campaign_index."""
    codes = space.encode(rows)
    counts = Kernel(space, [closed_form(space, metric) for metric in CLOSED_FORM])(codes)
    for (architecture, i), expected in zip(rows.items(), counts.tolist(), strict=True):
        if tuple(expected) not in [one.values[architecture].counts for one in campaign.latency.values()]:
            raise InputError(f"campaign_index {i}: {', '.join(CLOSED_FORM)} are not what the architecture has")
    unknown = Quality(np.nan, np.nan)
    quality = [campaign.quality.values.get(a, unknown) for a in rows]
    readings = {field: _repeats([[getattr(one, field)] for one in quality], 1) for field in Quality._fields}
    for device, latency in campaign.latency.items():
        readings[f"latency@{device}"] = _repeats([latency.values[a].times for a in rows], N_TIMES)
        if energy := campaign.energy.get(device):
            readings[f"energy@{device}"] = _repeats([energy.values[a] for a in rows], N_ENERGIES_GPU)
        else:
            readings[f"energy@{device}"] = _repeats([latency.values[a].energy for a in rows], N_ENERGIES_CPU)
    for metric, memory in campaign.memory.items():
        readings[metric] = _repeats([[memory.values[a]] for a in rows], 1)
    return Measurements(space, np.array(list(rows.values())), codes, readings, np.full(len(rows), np.nan))


def _repeats(rows: Sequence[Sequence[float]], width: int) -> Floats:
    """``[n, r]``; rows of at least ``width`` repeats, NaN where a row has less."""
    padded = np.full((len(rows), max(width, *map(len, rows))), np.nan)
    for i, row in enumerate(rows):
        padded[i, : len(row)] = row
    return padded


def _sources(campaign: _Campaign) -> dict[str, list[str]]:
    """The files that measurements come from, by the file that is written."""
    series: dict[str, list[Series[Any]]] = {device: [one] for device, one in campaign.latency.items()}
    for device, one in campaign.energy.items():
        series[device].append(one)
    series[ARCHITECTURES] = [*campaign.latency.values(), *campaign.memory.values(), campaign.quality]
    return {stem: [str(part.version) for one in listed for part in one.parts] for stem, listed in series.items()}


def _campaign_index(latency: Iterable[Series[Any]]) -> dict[Architecture, int]:
    """The place of each architecture in the campaign, in order: the longest list of each job has its order."""
    jobs: dict[tuple[int, int], list[Architecture]] = {}
    for part in (part for one in latency for part in one.parts):
        listed = jobs.setdefault((part.start, part.end), [])
        if len(part.records) > len(listed):
            listed[:] = part.records
    index: dict[Architecture, int] = {}
    for (start, _), listed in sorted(jobs.items()):
        for i, architecture in enumerate(listed, start):
            index.setdefault(architecture, i)
    return index


def _refuse_strangers(series: Iterable[Series[Any]], index: Mapping[Architecture, int]) -> None:
    """A job that measured another architecture is not of this campaign; one that measured less is."""
    for part in (part for one in series for part in one.parts):
        for i, architecture in enumerate(part.records, part.start):
            if architecture not in index:
                raise InputError(
                    f"{part.version}: campaign_index {i} is an architecture that the other devices did not measure"
                )
