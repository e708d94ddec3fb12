"""Writes measurements as the Parquet files that `read_measurements` reads."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.extras import needs
from hwbench_mo.files import new_folder
from hwbench_mo.measurements.columns import CHECKSUM, content_hash, with_note
from hwbench_mo.measurements.layout import (
    ARCHITECTURES,
    HELD_OUT,
    ONCE,
    ONCE_PER_DEVICE,
    PROTOCOL,
    REPEATED,
    file_of,
)
from hwbench_mo.measurements.reader import read_space
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.spaces.files import SPACE, as_text
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import CLOSED_FORM
from hwbench_mo.typing import Floats

if TYPE_CHECKING:
    import pyarrow as pa


def write_measurements(
    measured: Measurements, folder: Path, *, sources: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Write the measurements of a space into ``folder / space.name``, which appears whole or not at all.

    Parameters
    ----------
    measured
        What to write. Readings are rounded to single precision.
    folder
        May hold other spaces already.
    sources
        Where the measurements come from, by the name of a file without its extension; kept in the file's metadata.

    Raises
    ------
    OutputExistsError
        If the folder has this space already.
    InputError
        If the reader would refuse the files: the row and the rule are named.
    """
    with needs("parquet"):
        import pyarrow as pa
        import pyarrow.parquet as pq

    if ARCHITECTURES in measured.devices:
        raise InputError(f"a device is called {ARCHITECTURES!r}, as the file of architectures is; rename the device")
    tables = {ARCHITECTURES: _architectures(measured)}
    tables |= {device: _device(measured, device) for device in measured.devices}
    place = folder / measured.space.name
    with new_folder(place) as scratch:
        for stem, columns in tables.items():
            named = (sources or {}).get(stem)
            metadata = {CHECKSUM: content_hash(columns)} | ({"sources": json.dumps(sorted(named))} if named else {})
            if protocol := measured.protocols.get(stem):
                metadata |= with_note(PROTOCOL, protocol)
            table = pa.table(columns).replace_schema_metadata(metadata)
            pq.write_table(table, file_of(scratch, stem), compression="zstd")
        if measured.space.name not in MEASURED:
            (scratch / SPACE).write_text(as_text(measured.space), encoding="utf-8")
        try:
            read_space(scratch, measured.space)
        except InputError as error:
            raise InputError(str(error).replace(str(scratch), str(place))) from None


def _architectures(measured: Measurements) -> dict[str, "pa.Array"]:
    import pyarrow as pa

    space, architectures = measured.space, measured.space.decode(measured.codes)
    columns = {"campaign_index": pa.array(measured.campaign_index, pa.int32())}
    for field in ("embed_dim", "n_layer"):
        columns[field] = pa.array([getattr(one, field) for one in architectures], _integers(getattr(space, field)))
    columns["bias"] = pa.array([one.bias for one in architectures], pa.bool_())
    for field in ("mlp_ratio", "n_head"):
        kind = pa.list_(pa.field("element", _integers(getattr(space, field))))
        columns[field] = pa.array([getattr(one, field) for one in architectures], kind)
    counts = Kernel(space, [closed_form(space, metric) for metric in CLOSED_FORM])(measured.codes)
    for metric, count in zip(CLOSED_FORM, counts.T, strict=True):
        columns[metric] = pa.array(count.astype(np.int64))
    for metric, column in ONCE.items():
        if metric in measured.readings:
            columns[column] = _floats(measured.readings[metric][:, 0])
    columns["perplexity_mlp"] = _floats(measured.perplexity_mlp)
    if measured.held_out.any():
        columns[HELD_OUT] = pa.array(measured.held_out, pa.bool_())
    return columns


def _device(measured: Measurements, device: str) -> dict[str, "pa.Array"]:
    import pyarrow as pa

    columns = {"campaign_index": pa.array(measured.campaign_index, pa.int32())}
    for metric, column in REPEATED.items():
        if (readings := measured.readings.get(f"{metric}@{device}")) is not None:
            kind = pa.list_(pa.field("element", pa.float32()), readings.shape[1])
            columns[column] = pa.FixedSizeListArray.from_arrays(_floats(readings.ravel()), type=kind)
    for metric, column in ONCE_PER_DEVICE.items():
        if (readings := measured.readings.get(f"{metric}@{device}")) is not None:
            columns[column] = _floats(readings[:, 0])
    return columns


def _integers(choices: Sequence[int]) -> "pa.DataType":
    """The narrowest signed integers that hold the choices of a space."""
    import pyarrow as pa

    return pa.from_numpy_dtype(np.min_scalar_type(-max(choices) - 1))


def _floats(values: Floats) -> "pa.Array":
    """Single precision; null where a value is NaN."""
    import pyarrow as pa

    with np.errstate(over="ignore"):  # the reader refuses infinity
        return pa.array(values.astype(np.float32), from_pandas=True)
