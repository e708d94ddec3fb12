"""Makes a folder of measurements out of the history of the authors' repository.

The repository is a clone of ``automl/HW-GPT-Bench`` with its history, in which the measurements are pickles that were
deleted later. What the authors' code says of these files, and the importer relies on:

- Each architecture was sampled once, without repetition, and the list was cut into jobs: ``…_2500_5000.pkl`` holds
  architectures 2500 to 4999 in order. The campaign_index is the position in the list. The authors' readers match
  records by architecture and take the first of several; so does the importer. The longest list of a job has the order.
- ``arch`` has ``sample_embed_dim``, ``sample_n_layer``, ``sample_bias``, and ``sample_mlp_ratio`` and
  ``sample_n_head`` with one entry for each layer of the deepest network, of which the first ``sample_n_layer`` count.
- ``latency_{device}{,_m,_l}/efficiency_observations_…`` has ``times_profiler_gpu`` or ``…_cpu`` with a unit for each
  time, ``mean_energy_cpu`` in Wh, and params, macs and flops, which depend on the architecture alone; one device at
  least must have them right. (In ``latency_cpu_meta``, macs is 0.)
- The files of ``latency_a6000_m`` open with a few trial records of gpt_s, which are left out and counted.
- ``…/efficiency_energy_observations_tracker_…`` has ``energy_gpu``, fifty times. The label is KWh, but the values are
  seconds times watts over 3600, which is Wh. (Files without ``_tracker`` are an earlier attempt and are not read.)
- ``mem_{a100,rtx2080}{,_m,_l}/efficiency_observations_…`` has ``mean_mem``, bytes over 1e6: bfloat16 on the a100,
  float16 on the rtx2080.
- ``arch_ppl_bench_{s,m,l}/ppl_observations_tracker_…`` has perplexity and accuracy, of a part of m and l;
  null elsewhere. Values of architectures outside the campaign are not used.
- These folders were in the root, then in ``data_collection``, most of them in ``raw_results_hw``; any parent will do.
- ``predictor_ckpts/metric/perplexity_{s,m,l}.pt`` is the network that predicts ``perplexity_mlp``. It is read where
  torch is installed. Without torch or the file, ``perplexity_mlp`` is null.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.files import new_folder
from hwbench_mo.measurements.layout import ARCHITECTURES
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.measurements.upstream.campaign import FOLDERS, SUFFIXES, Campaign, read_campaign
from hwbench_mo.measurements.upstream.git_history import History, Version
from hwbench_mo.measurements.upstream.sandbox import Sandbox
from hwbench_mo.measurements.upstream.series import FILES, Series, codes_of, read_series
from hwbench_mo.measurements.upstream.worker import PREDICTIONS
from hwbench_mo.measurements.writer import write_measurements
from hwbench_mo.progress import steps
from hwbench_mo.spaces import SearchSpace, get_space
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import CLOSED_FORM, QUALITY
from hwbench_mo.typing import Codes, Floats

N_PROCESSES = 2
"""Processes that read files at the same time."""
N_TIMES, N_ENERGIES_GPU, N_ENERGIES_CPU = 10, 50, 1
"""Repeats that a row has room for; where a device was measured less often, the rest is missing."""


@dataclass(frozen=True)
class Imported:
    """What became of one space."""

    space: str
    written: int
    left_out: int
    """Architectures that were not measured on every device."""
    trials: int
    """Records of other spaces, which are left out."""
    lacks: str | None
    """Why ``perplexity_mlp`` is missing, if it is."""


def import_upstream(git_dir: Path, out: Path) -> list[Imported]:
    """Write a folder of measurements, and say what it holds of each space. A space without any file is left out whole.

    Raises
    ------
    OutputExistsError
        If ``out`` exists.
    InputError
        If a file is missing, or is not as the description of this module says. Nothing is left behind.
    """
    with new_folder(out) as folder, ExitStack() as stack:
        history = History(git_dir)
        with steps("read the history"):
            files = history.versions(FILES)
        free: SimpleQueue[Sandbox] = SimpleQueue()
        for _ in range(N_PROCESSES):
            free.put(stack.enter_context(Sandbox()))
        source = _Source(history, files, free)
        found = {name.split("/")[0] for name in files}
        spaces = [
            name for name, suffix in SUFFIXES.items() if any(f"latency_{f}{suffix}" in found for f in FOLDERS.values())
        ]
        if not spaces:
            raise InputError(f"{git_dir} has no file latency_a100/efficiency_observations_START_END.pkl in its history")
        return [_import_space(source, get_space(name), folder) for name in spaces]


@dataclass(frozen=True)
class _Source:
    """The files of a repository, and the processes that are free to read them."""

    history: History
    files: dict[str, list[Version]]
    free: SimpleQueue[Sandbox]

    def series(self, stem: str, kind: str, space: SearchSpace) -> Series:
        sandbox = self.free.get()
        try:
            return read_series(stem, kind, history=self.history, files=self.files, space=space, sandbox=sandbox)
        finally:
            self.free.put(sandbox)

    def predictions(self, space: SearchSpace, codes: Codes) -> tuple[Floats, str | None, list[str]]:
        """``perplexity_mlp`` ``[n]``, the reason if it is missing, and the checkpoint that it comes from."""
        name = f"predictor_ckpts/metric/perplexity_{space.name[-1]}.pt"
        versions = [version for version in self.files.get(name, []) if version.size >= 0]
        missing = np.full(len(codes), np.nan)
        if not versions:
            return missing, f"the history has no file {name}", []
        if find_spec("torch") is None:
            return missing, f"torch is not installed, which reads {name}", []
        place = str(versions[0])
        with Sandbox() as sandbox:  # of its own, because torch takes much memory
            (found,) = sandbox.read(PREDICTIONS, {place: self.history.read(versions[0])}, space, codes=codes)
        return found["perplexity"], None, [place]


def _import_space(source: _Source, space: SearchSpace, folder: Path) -> Imported:
    measured, sources, imported = _read_space(source, space)
    try:
        write_measurements(measured, folder, sources=sources)
    except InputError as error:
        text = str(error).replace(f"{folder}/", "")
        raise InputError(f"what {source.history.folder} holds is contradictory: {text}") from None
    return imported


def _read_space(source: _Source, space: SearchSpace) -> tuple[Measurements, dict[str, list[str]], Imported]:
    """Everything that was measured, the sources of each file that is written, and a summary."""
    with ThreadPoolExecutor(N_PROCESSES) as pool:
        campaign = read_campaign(source.series, space, pool)
    place, index = source.history.folder, _campaign_index(campaign.latency.values())
    _refuse_strangers(campaign.hardware, index)
    rows = {key: i for key, i in index.items() if all(key in one.row for one in campaign.hardware)}
    if not rows:
        raise InputError(f"{place} has no architecture of {space.name} that was measured on every device")
    if rows.keys().isdisjoint(campaign.quality.row):
        raise InputError(
            f"{campaign.quality.parts[0].version}: no perplexity is of an architecture that was measured on devices"
        )
    codes = codes_of(rows)
    expected = Kernel(space, [closed_form(space, metric) for metric in CLOSED_FORM])(codes)
    right = [(one.take(rows, "counts") == expected).all(axis=1) for one in campaign.latency.values()]
    for i, known in zip(rows.values(), np.any(right, axis=0), strict=True):
        if not known:
            raise InputError(f"{place}: campaign_index {i}: {', '.join(CLOSED_FORM)} are not what the architecture has")
    predicted, lacks, checkpoint = source.predictions(space, codes)
    sources = _sources(campaign)
    sources[ARCHITECTURES] += checkpoint
    measured = Measurements(space, np.array(list(rows.values())), codes, _readings(rows, campaign), predicted)
    trials = sum(part.n_trials for one in [*campaign.hardware, campaign.quality] for part in one.parts)
    return measured, sources, Imported(space.name, len(rows), len(index) - len(rows), trials, lacks)


def _campaign_index(latency: Iterable[Series]) -> dict[bytes, int]:
    """The place of each architecture in the campaign, in order: the longest list of each job has its order."""
    jobs: dict[tuple[int, int], list[bytes]] = {}
    for part in (part for one in latency for part in one.parts):
        jobs[part.start, part.end] = max(jobs.get((part.start, part.end), []), part.keys, key=len)
    index: dict[bytes, int] = {}
    for (start, _), listed in sorted(jobs.items()):
        for i, key in enumerate(listed, start):
            index.setdefault(key, i)
    return index


def _refuse_strangers(series: Iterable[Series], index: dict[bytes, int]) -> None:
    """A file with an architecture that no device has a latency of is not of this campaign."""
    for part in (part for one in series for part in one.parts):
        for i, key in enumerate(part.keys, part.start):
            if key not in index:
                raise InputError(
                    f"{part.version}: campaign_index {i} is an architecture that the other devices did not measure"
                )


def _readings(rows: Iterable[bytes], campaign: Campaign) -> dict[str, Floats]:
    """Everything that was measured of the architectures with these keys."""
    keys = list(rows)
    readings = {metric: campaign.quality.take(keys, metric) for metric in QUALITY}
    for device, latency in campaign.latency.items():
        readings[f"latency@{device}"] = latency.take(keys, "times", N_TIMES)
        if energy := campaign.energy.get(device):
            readings[f"energy@{device}"] = energy.take(keys, "energy", N_ENERGIES_GPU)
        else:
            readings[f"energy@{device}"] = latency.take(keys, "energy", N_ENERGIES_CPU)
    return readings | {metric: one.take(keys, "memory") for metric, one in campaign.memory.items()}


def _sources(campaign: Campaign) -> dict[str, list[str]]:
    """The files that measurements come from, by the file that is written."""
    series = {device: [one] for device, one in campaign.latency.items()}
    for device, one in campaign.energy.items():
        series[device].append(one)
    series[ARCHITECTURES] = [*campaign.latency.values(), *campaign.memory.values(), campaign.quality]
    return {stem: [str(part.version) for one in listed for part in one.parts] for stem, listed in series.items()}
