"""Writes what was imported as the Parquet files of a folder of measurements, and where it came from into them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.upstream.records import Latency, Quality, Series
from hwbench_mo.spaces import Architecture, SearchSpace
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import CLOSED_FORM
from hwbench_mo.typing import Codes, Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa

N_TIMES, N_ENERGIES_GPU, N_ENERGIES_CPU = 10, 50, 1
"""Repeats that a row has room for; where a device was measured less often, the rest is null."""


def write_architectures(
    folder: Path,
    space: SearchSpace,
    index: Mapping[Architecture, int],
    latency: Sequence[Series[Latency]],
    memory: Mapping[str, Series[float]],
    quality: Series[Quality],
) -> None:
    """``architectures.parquet`` of a space, in the order of ``index``."""
    import pyarrow as pa

    counts = _counts(space, index, latency)
    unknown = Quality(float("nan"), float("nan"))
    qualities = [quality.values.get(architecture, unknown) for architecture in index]
    columns = {"campaign_index": pa.array(index.values(), pa.int32())}
    for field, kind in (("embed_dim", pa.int16()), ("n_layer", pa.int8()), ("bias", pa.bool_())):
        columns[field] = pa.array([getattr(architecture, field) for architecture in index], kind)
    for field in ("mlp_ratio", "n_head"):
        columns[field] = pa.array(
            [getattr(architecture, field) for architecture in index], pa.list_(pa.field("element", pa.int8()))
        )
    for metric, values in zip(CLOSED_FORM, counts.T, strict=True):
        columns[metric] = pa.array(values, pa.int64())
    for field in Quality._fields:
        columns[field] = _floats([getattr(one, field) for one in qualities])
    for metric, one in memory.items():
        columns[f"{metric}_mb"] = _floats([one.values[architecture] for architecture in index])
    columns["perplexity_mlp"] = _floats([float("nan")] * len(index))
    _write(folder / space.name / "architectures.parquet", columns, [*latency, *memory.values(), quality])


def write_device(
    path: Path, index: Mapping[Architecture, int], latency: Series[Latency], energy: Series[list[float]] | None
) -> None:
    """The file of one device; without a series of energies, those beside the latencies count."""
    import pyarrow as pa

    measured = [latency.values[architecture] for architecture in index]
    energies = [one.energy for one in measured] if energy is None else [energy.values[a] for a in index]
    series: list[Series[Any]] = [latency] if energy is None else [latency, energy]
    columns = {
        "campaign_index": pa.array(index.values(), pa.int32()),
        "latency_ms": _repeats([one.times for one in measured], N_TIMES),
        "energy_wh": _repeats(energies, N_ENERGIES_CPU if energy is None else N_ENERGIES_GPU),
    }
    _write(path, columns, series)


def _counts(space: SearchSpace, index: Mapping[Architecture, int], latency: Sequence[Series[Latency]]) -> Ints:
    """``[n, 3]``; params, macs and flops, of the first device that has them right."""
    codes: Codes = space.encode(index)
    expected: Floats = Kernel(space, [closed_form(space, metric) for metric in CLOSED_FORM])(codes)
    for i, architecture in enumerate(index):
        found = [one.values[architecture].counts for one in latency]
        if tuple(expected[i]) not in found:
            raise InputError(
                f"{latency[0].parts[0].version.path} and the other devices: campaign_index {index[architecture]}: "
                f"{', '.join(CLOSED_FORM)} are not what the architecture has"
            )
    return expected.astype(np.int64)


def _floats(values: Sequence[float] | Floats) -> "pa.Array":
    """Single precision, as measured; null where a value is NaN."""
    import pyarrow as pa

    return pa.array(np.array(values, dtype=np.float32), from_pandas=True)


def _repeats(rows: Sequence[Sequence[float]], width: int) -> "pa.Array":
    """Lists of one length, null where a row has less."""
    import pyarrow as pa

    width = max(width, *map(len, rows))
    padded = np.full((len(rows), width), np.nan)
    for i, row in enumerate(rows):
        padded[i, : len(row)] = row
    kind = pa.list_(pa.field("element", pa.float32()), width)
    return pa.FixedSizeListArray.from_arrays(_floats(padded.ravel()), type=kind)


def _write(path: Path, columns: Mapping[str, "pa.Array"], series: Sequence[Series[Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sources = sorted(str(part.version) for one in series for part in one.parts)
    table = pa.table(dict(columns)).replace_schema_metadata({"sources": json.dumps(sources)})
    pq.write_table(table, path, compression="zstd")
