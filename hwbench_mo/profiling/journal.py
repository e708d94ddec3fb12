"""What a campaign has measured so far: a file of JSON lines, which a kill at any time leaves whole up to a line.

Each line is written at once and forced to disk. One process at a time may write: the lock ends with the process.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.profiling.design import Role, Row
from hwbench_mo.profiling.meter import Reading
from hwbench_mo.profiling.settings import Settings

FOLDER = ".measuring"
ROLES = ("fit", "held_out", "reference")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the campaign."""

    campaign_index: int
    unit: int
    place: int
    """Within the unit; -1 for the reference architecture at its end, -2 for one before it."""
    role: Role
    code: tuple[int, ...]
    latency_ms: tuple[float, ...]
    energy_wh: tuple[float, ...] | None
    peak_memory_mb: float | None
    state: Mapping[str, Any]

    @staticmethod
    def of(row: Row, reading: Reading, *, campaign_index: int, unit: int, place: int) -> "Entry":
        """What a reading of a row says."""
        return Entry(
            campaign_index=campaign_index,
            unit=unit,
            place=place,
            role=row.role,
            code=row.code,
            latency_ms=reading.latency_ms,
            energy_wh=reading.energy_wh,
            peak_memory_mb=reading.peak_memory_mb,
            state=reading.state,
        )


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An architecture that could not be measured."""

    unit: int
    place: int
    code: tuple[int, ...]
    reason: str


@dataclass
class Journal:
    """The lines of one campaign."""

    path: Path
    settings: Settings
    entries: list[Entry] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    """Facts about the devices, one a call of the command."""

    def add(self, record: Entry | LeftOut | Mapping[str, Any]) -> None:
        """Keep a record; facts of a session are a mapping."""
        if isinstance(record, Entry):
            self.entries.append(record)
            line = {"row": asdict(record)}
        elif isinstance(record, LeftOut):
            self.left_out.append(record)
            line = {"left_out": asdict(record)}
        else:
            self.sessions.append(dict(record))
            line = {"session": dict(record)}
        _append(self.path, line)


@contextmanager
def opened(folder: Path, settings: Settings) -> Iterator[Journal]:
    """The journal of a campaign in a folder, new or as an earlier call left it, locked for this process.

    Raises
    ------
    InputError
        If another process writes it, it is of other settings, or a line of it is broken.
    """
    from filelock import FileLock, Timeout

    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{settings.space.name}-{settings.device}.jsonl"
    lock = FileLock(path.with_suffix(".lock"))
    try:
        lock.acquire(timeout=0.2)
    except Timeout:
        raise InputError(f"{folder} is being measured by another process: {settings.space.name}") from None
    try:
        journal = Journal(path, settings)
        if path.exists():
            _read(journal)
        if not path.exists() or path.stat().st_size == 0:
            _append(path, {"settings": settings.identity})
        yield journal
    finally:
        lock.release()


def _append(path: Path, line: Mapping[str, Any]) -> None:
    data = json.dumps(line, allow_nan=False).encode() + b"\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        if os.write(descriptor, data) != len(data):
            raise OSError(f"{path}: the disk is full")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(journal: Journal) -> None:
    data = journal.path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):  # the last line was being written when the process was killed
        os.truncate(journal.path, len(whole))
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            _take(journal, json.loads(line), first=number == 1)
        except InputError:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise InputError(f"{journal.path}, line {number} is no line of a journal ({reason})") from None


def _take(journal: Journal, line: dict[str, Any], *, first: bool) -> None:
    ((kind, content),) = line.items()
    if first != (kind == "settings"):
        raise ValueError("settings stand in the first line")
    if kind == "settings":
        _refuse_other(journal, content)
    elif kind == "row":
        journal.entries.append(_entry(journal.settings, content))
    elif kind == "left_out":
        code = _code(journal.settings, content["code"])
        reason = str(content["reason"])
        journal.left_out.append(
            LeftOut(unit=_int(content["unit"]), place=_int(content["place"]), code=code, reason=reason)
        )
    elif kind == "session":
        journal.sessions.append(dict(content))
    else:
        raise ValueError(f"unknown kind {kind!r}")


def _refuse_other(journal: Journal, found: Mapping[str, Any]) -> None:
    for name, value in journal.settings.identity.items():
        if found.get(name) != value:
            raise InputError(
                f"{journal.path.parent.parent} is being measured with {name} {found.get(name)!r}, not {value!r}: "
                f"go on with the former, or name another folder"
            )


def _entry(settings: Settings, content: Mapping[str, Any]) -> Entry:
    if content["role"] not in ROLES:
        raise ValueError(f"unknown role {content['role']!r}")
    energy, peak = content["energy_wh"], content["peak_memory_mb"]
    latency = _positive(content["latency_ms"])
    if len(latency) != settings.passes:
        raise ValueError(f"{len(latency)} latencies, but {settings.passes} passes")
    return Entry(
        campaign_index=_int(content["campaign_index"]),
        unit=_int(content["unit"]),
        place=_int(content["place"]),
        role=content["role"],
        code=_code(settings, content["code"]),
        latency_ms=latency,
        energy_wh=None if energy is None else _positive(energy),
        peak_memory_mb=None if peak is None else _positive([peak])[0],
        state=dict(content["state"]),
    )


def _code(settings: Settings, content: list[int]) -> tuple[int, ...]:
    code = settings.space.canonical(np.array([content]))[0].tolist()
    if code != content:
        raise ValueError("the code is not canonical")
    return tuple(code)


def _positive(values: list[float]) -> tuple[float, ...]:
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1 or not len(array) or not (np.isfinite(array) & (array > 0)).all():
        raise ValueError(f"{str(values)[:50]} are not positive numbers")
    return tuple(array.tolist())


def _int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is no integer")
    return value
