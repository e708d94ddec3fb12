"""Reads and checks a folder of measurements: ``gpt_s/architectures.parquet``, ``gpt_s/a100.parquet`` and so on."""

from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.columns import Columns, Kind, is_positive
from hwbench_mo.measurements.layout import (
    ARCHITECTURES,
    FIELDS,
    HELD_OUT,
    ONCE,
    ONCE_PER_DEVICE,
    PROTOCOL,
    REPEATED,
    devices_in,
    file_of,
)
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces import Architecture, SearchSpace
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import CLOSED_FORM, QUALITY
from hwbench_mo.typing import Bools, Codes, Floats, Ints

PREDICTED = "perplexity_mlp"
INDEX: dict[str, Kind] = {"campaign_index": "integer"}


def read_measurements(folder: Path, space: SearchSpace) -> Measurements:
    """The measurements of one space, on every device that ``folder / space.name`` has a file of.

    ``architectures.parquet`` must be there. Columns of measured targets may be missing: such targets were not measured.

    Raises
    ------
    InputError
        If a file or column is missing or has the wrong type, a value is not a positive number, an architecture is not
        of the space, or parameters, MACs or FLOPs contradict the closed forms. The file, the row and the rule are
        named.
    """
    return read_space(folder / space.name, space)


def read_space(folder: Path, space: SearchSpace) -> Measurements:
    """The same, of the folder of the space itself."""
    kinds = INDEX | dict(zip(FIELDS, ("integer", "integer", "boolean", "integers", "integers"), strict=True))
    kinds |= dict.fromkeys((*CLOSED_FORM, *ONCE.values(), PREDICTED), "number")
    kinds[HELD_OUT] = "boolean"
    columns = Columns(file_of(folder, ARCHITECTURES), kinds)
    index = columns.index()
    codes = _read_codes(columns, space, index)
    for metric in CLOSED_FORM:
        expected = Kernel(space, [closed_form(space, metric)])(codes)[:, 0]
        columns.refuse(index, columns.numbers(metric) != expected, f"{metric} is not what the architecture has")
    readings = {
        metric: _read_once(columns, column, index, gaps=metric in QUALITY)[:, None]
        for metric, column in ONCE.items()
        if column in columns
    }
    predicted = np.full(len(index), np.nan)
    if PREDICTED in columns:
        predicted = _read_once(columns, PREDICTED, index, gaps=True)
    protocols: dict[str, dict[str, Any]] = {}
    if noted := columns.note(PROTOCOL):
        protocols[ARCHITECTURES] = noted
    for device in devices_in(folder):
        found, protocol = _read_device(file_of(folder, device), device, index)
        readings |= found
        if protocol:
            protocols[device] = protocol
    return Measurements(space, index, codes, readings, predicted, _read_held_out(columns, index), protocols)


def _read_held_out(columns: Columns, index: Ints) -> Bools:
    if HELD_OUT not in columns:
        return np.zeros(len(index), dtype=bool)
    held_out = columns.entries(HELD_OUT)
    columns.refuse(index, np.array([entry is None for entry in held_out]), f"{HELD_OUT} must be true or false")
    return np.array(held_out, dtype=bool)


def _read_codes(columns: Columns, space: SearchSpace, index: Ints) -> Codes:
    rows = zip(*(columns.entries(name) for name in FIELDS), strict=True)
    codes = np.zeros((len(index), space.n_genes), dtype=np.int64)
    for i, choices in enumerate(rows):
        try:
            codes[i] = space.encode(Architecture(**dict(zip(FIELDS, choices, strict=True))))[0]
        except InputError as error:
            raise InputError(f"{columns.path}: campaign_index {index[i]}: {error}") from None
    return codes


def _read_once(columns: Columns, name: str, index: Ints, *, gaps: bool) -> Floats:
    """``[n]``; a column of positive numbers, NaN where one is missing, if there may be gaps."""
    values = columns.numbers(name)
    if gaps:
        columns.refuse(index, ~(np.isnan(values) | is_positive(values)), f"{name} must be positive or missing")
    else:
        columns.refuse(index, ~is_positive(values), f"{name} must be a positive number")
    return values


def _read_device(path: Path, device: str, index: Ints) -> tuple[dict[str, Floats], dict[str, Any]]:
    """Readings ``[n, r]`` of the targets that a device measured, in the order of ``index``, and how it was measured."""
    kinds: dict[str, Kind] = dict.fromkeys(REPEATED.values(), "numbers")
    kinds |= dict.fromkeys(ONCE_PER_DEVICE.values(), "number")
    columns = Columns(path, INDEX | kinds)
    measured = {metric: column for metric, column in (REPEATED | ONCE_PER_DEVICE).items() if column in columns}
    if not measured:
        raise InputError(f"{path} must have a column {' or '.join(map(repr, kinds))}")
    own_index = columns.index()
    order = np.argsort(own_index)
    rows = order[np.searchsorted(own_index, index, sorter=order).clip(max=len(order) - 1)]
    columns.refuse(index, own_index[rows] != index, f"is in {ARCHITECTURES}.parquet, but has no row here")
    readings = {}
    for metric, column in measured.items():
        if metric in REPEATED:
            values = columns.repeats(column, own_index)
        else:
            values = _read_once(columns, column, own_index, gaps=True)[:, None]
        readings[f"{metric}@{device}"] = values[rows]
    return readings, columns.note(PROTOCOL)
