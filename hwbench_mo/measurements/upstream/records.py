"""Reads the records of one of the authors' pickles: architectures and what was measured of them, in our units.

A value that is not as it must be is refused: the file, the place of the record, the value and the rule are named.
"""

import reprlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.upstream.safe_pickle import loads
from hwbench_mo.spaces import Architecture, SearchSpace, get_space
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.targets import CLOSED_FORM, QUALITY
from hwbench_mo.typing import Codes, Floats

Record = Mapping[str, Any]
Columns = dict[str, list[float]]
"""Numbers of one record, by column."""

LARGEST = 3e38
"""About the largest float32; the files that are written hold no larger numbers."""
MILLISECONDS = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3}
ENERGY_UNITS = {"gpu": ("KWh", "kWh", "Wh"), "cpu": ("Wh",)}
"""Labels in the records. All of them stand for Wh: GPU energy is seconds times W over 3600, whatever its label says."""


class Table(NamedTuple):
    """The records of one file: the first record of each architecture, in the order of the file."""

    codes: Codes
    """``[n, d]``."""
    columns: dict[str, Floats]
    """``[n, r]`` each; NaN where a record has fewer than r numbers."""
    n_trials: int
    """Records at the beginning that are about architectures of other spaces; they are left out."""


def read_records(data: bytes, place: str, space: SearchSpace, kind: str) -> Table:
    """The records of a pickle, as `KINDS` says what to take.

    Raises
    ------
    InputError
        If the pickle is refused, or a record is not as it must be.
    """
    listed = loads(data, place)
    if not isinstance(listed, list):
        raise InputError(f"{place} holds {_short(listed)}, but must hold a list of records")
    records: dict[Architecture, Columns] = {}
    n_trials = 0
    for i, record in enumerate(listed):
        where = f"{place}: record {i}"
        if not isinstance(record, dict):
            raise InputError(f"{where} is {_short(record)}, but must be a dict")
        if not records and _is_trial(record, space):
            n_trials += 1
            continue
        records.setdefault(_architecture(record, where, space), KINDS[kind](record, where))
    codes = np.array(space.encode(list(records))) if records else np.empty((0, space.n_genes), dtype=np.int64)
    names = dict.fromkeys(name for one in records.values() for name in one)
    return Table(codes, {name: repeats([one[name] for one in records.values()]) for name in names}, n_trials)


def repeats(rows: Sequence[Sequence[float]], width: int = 1) -> Floats:
    """``[n, r]`` with r at least ``width``; NaN where a row has fewer numbers."""
    padded = np.full((len(rows), max([width, *map(len, rows)])), np.nan)
    for i, row in enumerate(rows):
        padded[i, : len(row)] = row
    return padded


def _is_trial(record: Record, space: SearchSpace) -> bool:
    """Whether a record is about an architecture of another measured space."""
    for name in MEASURED:
        try:
            _architecture(record, "", get_space(name))
        except InputError:
            continue
        return name != space.name
    return False


def _architecture(record: Record, place: str, space: SearchSpace) -> Architecture:
    arch = _entry(record, "arch", place)
    if not isinstance(arch, dict):
        raise InputError(f"{place}: arch is {_short(arch)}, but must be a dict")
    bias = _entry(arch, "sample_bias", place)
    bias = {"True": True, "False": False}.get(bias, bias) if isinstance(bias, str) else bias
    n_layer = _entry(arch, "sample_n_layer", place)
    layers = {}
    for field in ("mlp_ratio", "n_head"):
        # Lists are as long as the deepest network is; entries beyond n_layer mean nothing.
        entries = _entry(arch, f"sample_{field}", place)
        if not isinstance(entries, list | tuple) or not isinstance(n_layer, int):
            raise InputError(f"{place}: sample_{field} is {_short(entries)}, but must be a list of one entry a layer")
        layers[field] = tuple(entries[: max(n_layer, 0)])
    try:
        architecture = Architecture(
            embed_dim=_entry(arch, "sample_embed_dim", place), n_layer=n_layer, bias=bias, **layers
        )
        return space.decode(space.encode(architecture))[0]
    except InputError as error:
        raise InputError(f"{place}: {error}") from None


def _take_latency(record: Record, place: str, processor: str) -> Columns:
    """Columns of a record of ``efficiency_observations``: times in ms, and counts, which may be wrong."""
    times = _positives(record, f"times_profiler_{processor}", place)
    units = _entry(record, f"unit_{processor}", place)
    units = [units] * len(times) if isinstance(units, str) else units
    if not isinstance(units, list) or len(units) != len(times):
        raise InputError(f"{place}: unit_{processor} is {_short(units)}, but {len(times)} times need as many units")
    for unit in units:
        if not isinstance(unit, str) or unit not in MILLISECONDS:
            raise InputError(f"{place}: unit_{processor} is {_short(unit)}, but must be of {', '.join(MILLISECONDS)}")
    columns = {"times": [time * MILLISECONDS[unit] for time, unit in zip(times, units, strict=True)]}
    if processor == "cpu":
        columns |= _take_energy(record, place, "mean_energy_cpu", "cpu")
    return columns | {"counts": [_number(record, metric, place) for metric in CLOSED_FORM]}


def _take_energy(record: Record, place: str, key: str = "energy_gpu", processor: str = "gpu") -> Columns:
    """Wh; by default of a record of ``efficiency_energy_observations_tracker``."""
    unit = record.get("unit_energy", "Wh")
    if unit not in ENERGY_UNITS[processor]:
        raise InputError(f"{place}: unit_energy is {_short(unit)}, but must be of {', '.join(ENERGY_UNITS[processor])}")
    return {"energy": _positives(record, key, place)}


def _take_memory(record: Record, place: str) -> Columns:
    """MB, which are 1e6 bytes."""
    return {"memory": [_positive(record, "mean_mem", place)]}


def _take_quality(record: Record, place: str) -> Columns:
    return {metric: [_positive(record, metric, place)] for metric in QUALITY}


KINDS: dict[str, Callable[[Record, str], Columns]] = {
    "latency_gpu": partial(_take_latency, processor="gpu"),
    "latency_cpu": partial(_take_latency, processor="cpu"),
    "energy": _take_energy,
    "memory": _take_memory,
    "quality": _take_quality,
}


def _entry(record: Record, key: str, place: str) -> Any:
    if key not in record:
        raise InputError(f"{place} has no {key!r}, only {_short(sorted(map(str, record)))}")
    return record[key]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(record: Record, key: str, place: str) -> float:
    value = _entry(record, key, place)
    if not _is_number(value) or not abs(value) < LARGEST:
        raise InputError(f"{place}: {key} is {_short(value)}, but must be a number")
    return float(value)


def _positives(record: Record, key: str, place: str) -> list[float]:
    """One number or a list of them."""
    value = _entry(record, key, place)
    values = value if isinstance(value, list | tuple) else [value]
    for number in values:
        if not _is_number(number) or not 0 < number < LARGEST:
            raise InputError(f"{place}: {key} holds {_short(number)}, but must hold positive numbers")
    if not values:
        raise InputError(f"{place}: {key} is empty, but must hold positive numbers")
    return list(map(float, values))


def _positive(record: Record, key: str, place: str) -> float:
    values = _positives(record, key, place)
    if len(values) != 1:
        raise InputError(f"{place}: {key} holds {len(values)} numbers, but must hold one")
    return values[0]


def _short(value: object) -> str:
    """For messages: one line, however much a file holds."""
    return " ".join(reprlib.repr(value).split())
