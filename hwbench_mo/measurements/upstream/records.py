"""What one record of the authors' pickles says: an architecture and what was measured of it, in our units.

A value that is not what it must be is refused: the file, its place in the list, the value and the rule are named.
"""

import re
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.upstream.git_history import History, Version
from hwbench_mo.measurements.upstream.safe_pickle import loads
from hwbench_mo.spaces import Architecture, SearchSpace
from hwbench_mo.targets import CLOSED_FORM

Record = Mapping[str, Any]
T = TypeVar("T")

FILES = re.compile(
    r"(?:.*/)?(?P<name>(?:(?:latency|mem)_\w+|arch_ppl_bench_[sml])/"
    r"(?:efficiency_observations|efficiency_energy_observations_tracker|ppl_observations_tracker)_\d{1,9}_\d{1,9}\.pkl)"
)
LARGEST = 3e38
"""About what a float32 holds; the files that are written hold no more."""
MILLISECONDS = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3}
ENERGY_UNITS = {"gpu": ("KWh", "kWh", "Wh"), "cpu": ("Wh",)}
"""Labels in the records. Each stands for Wh: GPU energy is seconds times W over 3600, whatever its label says."""


class Latency(NamedTuple):
    """Of a latency file: times in ms, the CPU's energy in Wh, and params, macs and flops."""

    times: list[float]
    energy: list[float]
    counts: tuple[float, ...]


class Quality(NamedTuple):
    perplexity: float
    accuracy: float


@dataclass(frozen=True)
class Part(Generic[T]):
    """One file: the first observation of each architecture, in the file's order, from campaign_index ``start``."""

    version: Version
    start: int
    end: int
    records: dict[Architecture, T]


class Series(Generic[T]):
    """One quantity on one device: the files ``{stem}_START_END.pkl``; ``stem`` has its folder before it.

    Raises
    ------
    InputError
        If there is no such file, or a file or record is not as it must be.
    """

    def __init__(
        self,
        stem: str,
        take: Callable[[Record, str], T],
        *,
        history: History,
        files: Mapping[str, Version],
        space: SearchSpace,
    ) -> None:
        parts = []
        for name, version in files.items():
            if span := re.fullmatch(rf"{re.escape(stem)}_(\d+)_(\d+)\.pkl", name):
                records = _read_records(history, version, space, take)
                parts.append(Part(version, int(span[1]), int(span[2]), records))
                if len(records) > parts[-1].end - parts[-1].start:
                    raise InputError(f"{version} holds {len(records)} architectures, which is more than its name says")
        if not parts:
            raise InputError(f"{history.folder} has no file {stem}_START_END.pkl in its history")
        self.parts = sorted(parts, key=lambda part: (part.start, part.end))
        self.values: dict[Architecture, T] = {}
        for part in reversed(self.parts):
            self.values |= part.records


def _read_records(
    history: History, version: Version, space: SearchSpace, take: Callable[[Record, str], T]
) -> dict[Architecture, T]:
    listed = loads(history.read(version), str(version))
    if not isinstance(listed, list):
        raise InputError(f"{version} holds {_short(listed)}, but must hold a list of records")
    records: dict[Architecture, T] = {}
    for i, record in enumerate(listed):
        place = f"{version}: record {i}"
        if not isinstance(record, dict):
            raise InputError(f"{place} is {_short(record)}, but must be a dict")
        records.setdefault(_architecture(record, place, space), take(record, place))
    return records


def _architecture(record: Record, place: str, space: SearchSpace) -> Architecture:
    arch = _entry(record, "arch", place)
    if not isinstance(arch, dict):
        raise InputError(f"{place}: arch is {_short(arch)}, but must be a dict")
    bias = _entry(arch, "sample_bias", place)
    bias = {"True": True, "False": False}.get(bias, bias) if isinstance(bias, str) else bias
    n_layer = _entry(arch, "sample_n_layer", place)
    layers = {}
    for field in ("mlp_ratio", "n_head"):
        # Lists are as long as the deepest network is; what lies beyond n_layer means nothing.
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


def take_latency(record: Record, place: str, processor: str) -> Latency:
    """Of a record of ``efficiency_observations``; ``processor`` is gpu or cpu."""
    times = _positives(record, f"times_profiler_{processor}", place)
    units = _entry(record, f"unit_{processor}", place)
    units = [units] * len(times) if isinstance(units, str) else units
    if not isinstance(units, list) or len(units) != len(times):
        raise InputError(f"{place}: unit_{processor} is {_short(units)}, but {len(times)} times need as many units")
    for unit in units:
        if not isinstance(unit, str) or unit not in MILLISECONDS:
            raise InputError(f"{place}: unit_{processor} is {_short(unit)}, but must be of {', '.join(MILLISECONDS)}")
    energy = take_energy(record, place, "mean_energy_cpu", "cpu") if processor == "cpu" else []
    counts = tuple(_positive(record, metric, place) for metric in CLOSED_FORM)
    return Latency([time * MILLISECONDS[unit] for time, unit in zip(times, units, strict=True)], energy, counts)


def take_energy(record: Record, place: str, key: str = "energy_gpu", processor: str = "gpu") -> list[float]:
    """Wh, of a record of ``efficiency_energy_observations_tracker`` unless told otherwise."""
    unit = record.get("unit_energy", "Wh")
    if unit not in ENERGY_UNITS[processor]:
        raise InputError(f"{place}: unit_energy is {_short(unit)}, but must be of {', '.join(ENERGY_UNITS[processor])}")
    return _positives(record, key, place)


def take_memory(record: Record, place: str) -> float:
    """MB, which are 1e6 bytes."""
    return _positive(record, "mean_mem", place)


def take_quality(record: Record, place: str) -> Quality:
    return Quality(_positive(record, "perplexity", place), _positive(record, "accuracy", place))


def _entry(record: Record, key: str, place: str) -> Any:
    if key not in record:
        raise InputError(f"{place} has no {key!r}, only {_short(sorted(map(str, record)))}")
    return record[key]


def _positives(record: Record, key: str, place: str) -> list[float]:
    """One number or a list of them."""
    value = _entry(record, key, place)
    values = value if isinstance(value, list | tuple) else [value]
    for number in values:
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < LARGEST:
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
