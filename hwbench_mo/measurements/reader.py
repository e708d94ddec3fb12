"""Reads and checks a folder of measurements: ``gpt_s/architectures.parquet``, ``gpt_s/a100.parquet`` and so on."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces import Architecture, SearchSpace
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import CLOSED_FORM, DEVICES, MEMORY
from hwbench_mo.typing import Bools, Codes, Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa


def read_measurements(folder: Path, space: SearchSpace) -> Measurements:
    """Measurements of one space.

    Raises
    ------
    InputError
        If a file or column is missing, a value is not a positive number, an architecture is not of the space, or
        parameters, MACs or FLOPs contradict the closed forms. The file, the row and the rule are named.
    """
    path = folder / space.name / "architectures.parquet"
    table = _read_table(path)
    index = _numbers(table, path, "campaign_index").astype(np.int64)
    codes = _read_codes(table, path, space, index)
    for metric in CLOSED_FORM:
        expected = Kernel(space, [closed_form(space, metric)])(codes)[:, 0]
        _refuse(path, index, _numbers(table, path, metric) != expected, f"{metric} is not what the architecture has")
    readings: dict[str, Floats] = {}
    for metric in ("perplexity", "accuracy"):
        values = _numbers(table, path, metric)
        _refuse(path, index, ~(np.isnan(values) | _is_positive(values)), f"{metric} must be positive or missing")
        readings[metric] = values[:, None]
    perplexity_mlp = np.full(len(index), np.nan)
    if "perplexity_mlp" in table.column_names:
        perplexity_mlp = _numbers(table, path, "perplexity_mlp")
    bad = ~(np.isnan(perplexity_mlp) | _is_positive(perplexity_mlp))
    _refuse(path, index, bad, "perplexity_mlp must be positive or missing")
    for device in DEVICES:
        device_path = folder / space.name / f"{device}.parquet"
        for metric, column in (("latency", "latency_ms"), ("energy", "energy_wh")):
            readings[f"{metric}@{device}"] = _read_readings(device_path, column, index)
    for metric in MEMORY:
        values = _numbers(table, path, f"{metric}_mb")
        _refuse(path, index, ~_is_positive(values), f"{metric}_mb must be a positive number")
        readings[metric] = values[:, None]
    return Measurements(space, index, codes, readings, perplexity_mlp)


def _read_table(path: Path) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        raise InputError(
            f"{path} is missing: a measurements folder has architectures.parquet and one file for each of "
            f"{', '.join(DEVICES)} in a folder a space"
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


def _is_positive(values: Floats) -> Bools:
    positive: Bools = np.isfinite(values) & (values > 0)
    return positive


def _refuse(path: Path, index: Ints, bad: Bools, rule: str) -> None:
    if bad.any():
        raise InputError(f"{path}: campaign_index {index[int(np.argmax(bad))]}: {rule}")


def _read_codes(table: "pa.Table", path: Path, space: SearchSpace, index: Ints) -> Codes:
    columns = [
        _column(table, path, name).to_pylist() for name in ("embed_dim", "n_layer", "bias", "mlp_ratio", "n_head")
    ]
    codes = np.zeros((len(index), space.n_genes), dtype=np.int64)
    for i, (embed_dim, n_layer, bias, mlp_ratio, n_head) in enumerate(zip(*columns, strict=True)):
        try:
            architecture = Architecture(
                embed_dim=embed_dim, n_layer=n_layer, bias=bias, mlp_ratio=mlp_ratio, n_head=n_head
            )
            codes[i] = space.encode(architecture)[0]
        except InputError as error:
            raise InputError(f"{path}: campaign_index {index[i]}: {error}") from None
    return codes


def _read_readings(path: Path, column: str, index: Ints) -> Floats:
    """``[n, r]``; repeated measurements in the order of ``index``, NaN only where the file has a null."""
    import pyarrow.compute as pc

    table = _read_table(path)
    lists = _column(table, path, column)
    own_index = _numbers(table, path, "campaign_index").astype(np.int64)
    flat = lists.flatten()
    lengths = set(pc.list_value_length(lists).to_pylist())
    if len(lengths) != 1 or not lengths.isdisjoint((None, 0)):
        raise InputError(f"{path}: {column} must hold equally many repeats in every row")
    missing = flat.is_null().to_numpy(zero_copy_only=False).reshape(len(lists), -1)
    values = flat.to_numpy(zero_copy_only=False).astype(np.float64).reshape(len(lists), -1)
    # A device that was measured less often lacks the same repeats in every row; any other gap is a defect.
    absent = missing.all(axis=0)
    if absent.all():
        raise InputError(f"{path}: {column} holds no measurement")
    values[:, absent] = np.nan
    positive = _is_positive(values[:, ~absent])
    _refuse(path, own_index, np.array([not row.all() for row in positive]), f"{column} must hold positive numbers")
    order = np.argsort(own_index)
    rows = order[np.searchsorted(own_index, index, sorter=order).clip(max=len(order) - 1)]
    _refuse(path, index, own_index[rows] != index, "is in architectures.parquet, but has no row here")
    ordered: Floats = values[rows]
    return ordered
