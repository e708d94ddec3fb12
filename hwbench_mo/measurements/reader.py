"""Reads and checks a folder of measurements: ``gpt_s/architectures.parquet``, ``gpt_s/a100.parquet`` and so on."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.layout import ARCHITECTURES, FIELDS, ONCE, REPEATED, devices_in, file_of
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces import Architecture, SearchSpace
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import CLOSED_FORM, QUALITY
from hwbench_mo.typing import Bools, Codes, Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa


def read_measurements(folder: Path, space: SearchSpace) -> Measurements:
    """The measurements of one space, on every device that ``folder / space.name`` has a file of.

    ``architectures.parquet`` must be there. Columns of measured targets may be missing: such targets were not measured.

    Raises
    ------
    InputError
        If a file or column is missing, a value is not a positive number, an architecture is not of the space, or
        parameters, MACs or FLOPs contradict the closed forms. The file, the row and the rule are named.
    """
    return read_space(folder / space.name, space)


def read_space(folder: Path, space: SearchSpace) -> Measurements:
    """The same, of the folder of the space itself."""
    path = file_of(folder, ARCHITECTURES)
    table = _read_table(path)
    index = _read_index(table, path)
    codes = _read_codes(table, path, space, index)
    for metric in CLOSED_FORM:
        expected = Kernel(space, [closed_form(space, metric)])(codes)[:, 0]
        _refuse(path, index, _numbers(table, path, metric) != expected, f"{metric} is not what the architecture has")
    readings = {
        metric: _read_once(table, path, column, index, gaps=metric in QUALITY)[:, None]
        for metric, column in ONCE.items()
        if column in table.column_names
    }
    perplexity_mlp = np.full(len(index), np.nan)
    if "perplexity_mlp" in table.column_names:
        perplexity_mlp = _read_once(table, path, "perplexity_mlp", index, gaps=True)
    for device in devices_in(folder):
        readings |= _read_device(file_of(folder, device), device, index)
    return Measurements(space, index, codes, readings, perplexity_mlp)


def _read_table(path: Path) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        raise InputError(
            f"{path} is missing: a measurements folder has, in a folder for each space, {ARCHITECTURES}.parquet and "
            f"one file for each device"
        )
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is not a Parquet file: {str(error).splitlines()[0]}") from None


def _column(table: "pa.Table", path: Path, name: str) -> "pa.Array":
    if name not in table.column_names:
        raise InputError(f"{path} has no column {name!r}, only {', '.join(table.column_names)}")
    return table[name].combine_chunks()


def _numbers(table: "pa.Table", path: Path, name: str) -> Floats:
    numbers: Floats = _column(table, path, name).to_numpy(zero_copy_only=False).astype(np.float64)
    return numbers


def _read_index(table: "pa.Table", path: Path) -> Ints:
    return _numbers(table, path, "campaign_index").astype(np.int64)


def _is_positive(values: Floats) -> Bools:
    positive: Bools = np.isfinite(values) & (values > 0)
    return positive


def _refuse(path: Path, index: Ints, bad: Bools, rule: str) -> None:
    if bad.any():
        raise InputError(f"{path}: campaign_index {index[int(np.argmax(bad))]}: {rule}")


def _read_codes(table: "pa.Table", path: Path, space: SearchSpace, index: Ints) -> Codes:
    columns = [_column(table, path, name).to_pylist() for name in FIELDS]
    codes = np.zeros((len(index), space.n_genes), dtype=np.int64)
    for i, choices in enumerate(zip(*columns, strict=True)):
        try:
            codes[i] = space.encode(Architecture(**dict(zip(FIELDS, choices, strict=True))))[0]
        except InputError as error:
            raise InputError(f"{path}: campaign_index {index[i]}: {error}") from None
    return codes


def _read_once(table: "pa.Table", path: Path, column: str, index: Ints, *, gaps: bool) -> Floats:
    """``[n]``; a column of positive numbers, NaN where one is missing, if there may be gaps."""
    values = _numbers(table, path, column)
    if gaps:
        _refuse(path, index, ~(np.isnan(values) | _is_positive(values)), f"{column} must be positive or missing")
    else:
        _refuse(path, index, ~_is_positive(values), f"{column} must be a positive number")
    return values


def _read_device(path: Path, device: str, index: Ints) -> dict[str, Floats]:
    """Readings ``[n, r]`` of the targets that a device measured, in the order of ``index``."""
    table = _read_table(path)
    own_index = _read_index(table, path)
    columns = {metric: column for metric, column in REPEATED.items() if column in table.column_names}
    if not columns:
        raise InputError(f"{path} must have a column {' or '.join(map(repr, REPEATED.values()))}")
    order = np.argsort(own_index)
    rows = order[np.searchsorted(own_index, index, sorter=order).clip(max=len(order) - 1)]
    _refuse(path, index, own_index[rows] != index, f"is in {ARCHITECTURES}.parquet, but has no row here")
    return {
        f"{metric}@{device}": _read_repeats(table, path, column, own_index)[rows] for metric, column in columns.items()
    }


def _read_repeats(table: "pa.Table", path: Path, column: str, index: Ints) -> Floats:
    """``[n, r]``; repeated measurements, NaN only where the file has a null."""
    import pyarrow.compute as pc

    lists = _column(table, path, column)
    flat = lists.flatten()
    lengths = set(pc.list_value_length(lists).to_pylist())
    if len(lengths) != 1 or not lengths.isdisjoint((None, 0)):
        raise InputError(f"{path}: {column} must hold equally many repeats in every row")
    missing = flat.is_null().to_numpy(zero_copy_only=False).reshape(len(lists), -1)
    values: Floats = flat.to_numpy(zero_copy_only=False).astype(np.float64).reshape(len(lists), -1)
    # A device that was measured less often lacks the same repeats in every row; any other gap is a defect.
    absent = missing.all(axis=0)
    if absent.all():
        raise InputError(f"{path}: {column} holds no measurement")
    values[:, absent] = np.nan
    positive = _is_positive(values[:, ~absent])
    _refuse(path, index, np.array([not row.all() for row in positive]), f"{column} must hold positive numbers")
    return values
