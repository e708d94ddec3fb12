"""Makes a folder of measurements out of the history of the authors' repository.

GIT_DIR is a clone of ``automl/HW-GPT-Bench`` with its history, where the measurements lie as pickles that were deleted
later. OUT becomes a folder of measurements as `hwbench_mo.measurements.reader` reads it.

What the authors' code says of these files, and what is relied on here:

- Each architecture was sampled once, without repetition, and the list was cut into jobs: ``…_2500_5000.pkl`` holds
  architectures 2500 to 4999 in order. That position is the campaign_index. Their own readers then match records by
  architecture and take the first of several; so does this, with the longest list of a job giving the order.
- ``arch`` has ``sample_embed_dim``, ``sample_n_layer``, ``sample_bias``, and ``sample_mlp_ratio`` and
  ``sample_n_head`` with one entry for each layer of the deepest network, of which the first ``sample_n_layer`` count.
- ``latency_{device}{,_m,_l}/efficiency_observations_…`` has ``times_profiler_gpu`` or ``…_cpu`` with a unit for each
  time, ``mean_energy_cpu`` in Wh, and params, macs and flops, which depend on the architecture alone; they are taken
  from the first device that has them right.
- ``…/efficiency_energy_observations_tracker_…`` has ``energy_gpu``, fifty times. It is labelled KWh, but computed as
  seconds times watts over 3600, which is Wh. (Files without ``_tracker`` are an earlier attempt and are not read.)
- ``mem_{a100,rtx2080}{,_m,_l}/efficiency_observations_…`` has ``mean_mem``, bytes over 1e6: bfloat16 on the a100,
  float16 on the rtx2080.
- ``arch_ppl_bench_{s,m,l}/ppl_observations_tracker_…`` has perplexity and accuracy, of a part of m and l;
  null elsewhere. One of an architecture that is not of the campaign is not used.
- These folders lay in the root, then in ``data_collection``, most of them in ``raw_results_hw``; any parent will do.

``perplexity_mlp``, the answer of the authors' network, is not among these files: it is null throughout.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from hwbench_mo.errors import InputError, OutputExistsError
from hwbench_mo.measurements.reader import read_measurements
from hwbench_mo.measurements.upstream.git_history import History, Version
from hwbench_mo.measurements.upstream.records import FILES, Series, take_energy, take_latency, take_memory, take_quality
from hwbench_mo.measurements.writer import write_architectures, write_device
from hwbench_mo.spaces import Architecture, SearchSpace, get_space
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.targets import DEVICES, GPUS

FOLDERS = {device: device for device in GPUS} | {
    "p100": "P100",
    "xeon_gold": "cpu_meta",
    "xeon_silver": "cpu_mlgpu",
    "epyc_7452": "cpu_a6000",
    "epyc_7502": "cpu_alldlc",
    "epyc_7513": "helix_cpu",
}
MEMORY_DEVICES = {"memory_bfloat16": "a100", "memory_float16": "rtx2080"}
SUFFIXES = {"gpt_s": "", "gpt_m": "_m", "gpt_l": "_l"}


@dataclass(frozen=True)
class Imported:
    """What became of one space: architectures written, and left out because something was not measured of them."""

    space: str
    written: int
    left_out: int


def import_upstream(git_dir: Path, out: Path) -> list[Imported]:
    """Write a folder of measurements; what it holds, space by space. A space without any file is left out whole.

    Raises
    ------
    OutputExistsError
        If ``out`` exists.
    InputError
        If a file is missing, or is not as the description of this module says. Nothing is left behind.
    """
    if out.exists():
        raise OutputExistsError(f"{out} exists already, and results are never replaced; name another folder")
    history = History(git_dir)
    files = history.newest(FILES)
    folders = {name.split("/")[0] for name in files}
    spaces = [name for name in MEASURED if any(f"latency_{f}{SUFFIXES[name]}" in folders for f in FOLDERS.values())]
    if not spaces:
        raise InputError(f"{git_dir} has no file latency_a100/efficiency_observations_START_END.pkl in its history")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        folder = Path(scratch) / "measurements"
        imported = [_import_space(history, files, get_space(name), folder) for name in spaces]
        os.rename(folder, out)
    return imported


def _import_space(history: History, files: Mapping[str, Version], space: SearchSpace, folder: Path) -> Imported:
    suffix = SUFFIXES[space.name]
    source: dict[str, Any] = {"history": history, "files": files, "space": space}
    latency, energy = {}, {}
    for device, name in FOLDERS.items():
        processor = "gpu" if device in GPUS else "cpu"
        stem = f"latency_{name}{suffix}/efficiency"
        latency[device] = Series(f"{stem}_observations", partial(take_latency, processor=processor), **source)
        if processor == "gpu":
            energy[device] = Series(f"{stem}_energy_observations_tracker", take_energy, **source)
    memory = {
        metric: Series(f"mem_{device}{suffix}/efficiency_observations", take_memory, **source)
        for metric, device in MEMORY_DEVICES.items()
    }
    quality = Series(f"arch_ppl_bench_{space.name[-1]}/ppl_observations_tracker", take_quality, **source)

    index = _campaign_index(latency.values())
    series: list[Series[Any]] = [*latency.values(), *energy.values(), *memory.values()]
    _refuse_strangers(series, index)
    measured = {a: i for a, i in index.items() if all(a in one.values for one in series)}
    if not measured:
        raise InputError(f"{history.folder} has no architecture of {space.name} that was measured on every device")
    if measured.keys().isdisjoint(quality.values):
        raise InputError(
            f"{quality.parts[0].version}: no perplexity is of an architecture that was measured on devices"
        )
    (folder / space.name).mkdir(parents=True)
    write_architectures(folder, space, measured, list(latency.values()), memory, quality)
    for device in DEVICES:
        write_device(folder / space.name / f"{device}.parquet", measured, latency[device], energy.get(device))
    try:
        read_measurements(folder, space)
    except InputError as error:
        raise InputError(f"what {history.folder} holds is contradictory: {error}".replace(f"{folder}/", "")) from None
    return Imported(space.name, len(measured), len(index) - len(measured))


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
