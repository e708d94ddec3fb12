"""From a journal to a folder of measurements, which appears whole or not at all."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.measurements.layout import devices_in
from hwbench_mo.measurements.merge import add_measurements
from hwbench_mo.profiling.journal import Entry, Journal
from hwbench_mo.profiling.settings import Settings
from hwbench_mo.targets import Target
from hwbench_mo.typing import Floats

CLOCKS = ("sm_mhz", "memory_mhz", "temperature_c")
"""Of the states of a device: what the protocol says the least, the median and the greatest of."""


def refuse_taken(folder: Path, settings: Settings) -> None:
    """Raise `InputError` if the folder cannot take these measurements."""
    space = settings.space.name
    if (folder / "architectures.parquet").exists():
        raise InputError(f"{folder} is the folder of one space; name the folder around it, {folder.parent}")
    place = folder / space
    others = [name for name in devices_in(place) if name != settings.device] if place.exists() else []
    if others and not (place / f"{settings.device}.parquet").exists():
        raise InputError(f"{place} has measurements of another device; name another folder for {settings.device!r}")


def finished(folder: Path, settings: Settings) -> Measurements | None:
    """The measurements of an earlier call with the same settings, if it ended.

    Raises
    ------
    InputError
        If the name of the device is taken by a campaign of other settings.
    """
    if not (folder / settings.space.name / f"{settings.device}.parquet").exists():
        return None
    measured = _of_the_device(read_measurements(folder, settings.space), settings)
    found = measured.protocols.get(settings.device, {})
    for name in ("batch", "sequence", "dtype", "protocol"):
        if found.get(name) != getattr(settings, name):
            raise InputError(
                f"the name {settings.device!r} is taken in {folder / settings.space.name}, by measurements with "
                f"{name} {found.get(name)!r}: choose another name and folder"
            )
    return measured


def protocol_of(journal: Journal) -> dict[str, Any]:
    """How the device was measured, in plain JSON values."""
    settings = journal.settings
    devices = journal.sessions[-1]["devices"] if journal.sessions else {}
    facts = dict(next(iter(devices.values()))) if devices else {}
    states = [one.state for one in journal.entries]
    clocks = dict(facts.get("clocks") or {}) | {name: _spread(states, name) for name in CLOCKS}
    busy = sorted(
        {f"{name}: {one}" for session in journal.sessions for name, found in session["busy"].items() for one in found}
    )
    throttled = Counter(reason for state in states for reason in state.get("throttled", ()))
    return {
        **{name: value for name, value in settings.identity.items() if name not in ("space", "device")},
        "device_name": "unknown",
        "energy": None,
        "energy_reason": None,
        "driver": None,
        "power_limit_w": None,
        "versions": {},
        **facts,
        "clocks": clocks if any(value is not None for value in clocks.values()) else None,
        "throttled_rows": dict(throttled),
        "devices": sorted(devices),
        "busy": busy,
        "calls": len(journal.sessions),
        "left_out": len(journal.left_out),
    }


def _spread(states: list[Any], name: str) -> list[float] | None:
    values = [state[name] for state in states if state.get(name) is not None]
    return [float(value) for value in np.quantile(values, [0, 0.5, 1])] if values else None


def as_measurements(journal: Journal) -> Measurements:
    """The rows of a journal, in the order of measuring."""
    settings = journal.settings
    entries = sorted(journal.entries, key=lambda one: one.campaign_index)
    n = len(entries)
    readings: dict[str, Floats] = {f"latency@{settings.device}": np.array([one.latency_ms for one in entries])}
    energies = _stacked(entries)
    if energies is not None:
        readings[f"energy@{settings.device}"] = energies
    peaks = np.array([np.nan if one.peak_memory_mb is None else one.peak_memory_mb for one in entries])
    if np.isfinite(peaks).any():
        readings[f"peak_memory@{settings.device}"] = peaks[:, None]
    return Measurements(
        settings.space,
        np.array([one.campaign_index for one in entries]),
        np.array([one.code for one in entries]),
        readings,
        np.full(n, np.nan),
        np.array([one.role == "held_out" for one in entries]),
        {settings.device: protocol_of(journal)},
    )


def _stacked(entries: list[Entry]) -> Floats | None:
    """``[n, r]``; energies, NaN where none was measured."""
    n_windows = max((len(one.energy_wh) for one in entries if one.energy_wh), default=0)
    if not n_windows:
        return None
    values = np.full((len(entries), n_windows), np.nan)
    for row, one in zip(values, entries, strict=True):
        if one.energy_wh:
            row[:] = np.resize(one.energy_wh, n_windows)
    return values


def write(journal: Journal, folder: Path) -> Measurements:
    """Write the folder of the space, beside perplexities that it may hold; the device's rows as they are read."""
    add_measurements(as_measurements(journal), folder)
    return _of_the_device(read_measurements(folder, journal.settings.space), journal.settings)


def _of_the_device(measured: Measurements, settings: Settings) -> Measurements:
    return measured.only(name for name in measured.readings if Target.parse(name).device == settings.device)
