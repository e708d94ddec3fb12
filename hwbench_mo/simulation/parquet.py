"""The Parquet format of runs: the file of one run, and the columns that it shares with a data set of many."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hwbench_mo.errors import InputError
from hwbench_mo.files import new_file
from hwbench_mo.typing import Codes

FORMAT = 1
KEY = b"hwbench_mo"
"""Where a file's metadata has the facts of a run: format, objectives, configuration and provenance, in JSON."""
ALWAYS = ("code", "finish_time")
"""Columns that every run has, beside one of each objective."""
OPTIONAL = {"start_times": "start_time", "repeats": "repeats"}
"""Fields of a trajectory that older files lack, and the column of each."""


def centre_column(objective: str) -> str:
    """The column of an objective's noise-free values, where they differ from those that the optimizer observed."""
    return f"centre:{objective}"


def write(path: Path, fields: Mapping[str, Any]) -> Path:
    """Write the fields of a trajectory as one compressed file; it appears whole or not at all.

    Raises
    ------
    OutputExistsError
        If there is a file already; it is left as it is.
    """
    with new_file(path) as scratch:
        pq.write_table(_table(fields), scratch, compression="zstd")
    return path


def _table(fields: Mapping[str, Any]) -> pa.Table:
    flat = pa.array(fields["codes"].ravel().astype(np.int16))
    columns: dict[str, pa.Array] = {"code": pa.FixedSizeListArray.from_arrays(flat, fields["codes"].shape[1])}
    is_noisy = not np.array_equal(fields["values"], fields["centre"])
    for column, name in enumerate(fields["objectives"]):
        columns[name] = pa.array(np.ascontiguousarray(fields["values"][:, column]))
        if is_noisy:
            columns[centre_column(name)] = pa.array(np.ascontiguousarray(fields["centre"][:, column]))
    columns["finish_time"] = pa.array(fields["finish_times"])
    columns["start_time"] = pa.array(fields["start_times"])
    columns["repeats"] = pa.array(fields["repeats"].astype(np.int64))
    facts = {"format": FORMAT, **{name: fields[name] for name in ("objectives", "config", "provenance")}}
    return pa.table(columns).replace_schema_metadata({KEY: json.dumps(facts, sort_keys=True).encode()})


def read_table(path: Path) -> pa.Table:
    """The table of a run's file.

    Raises
    ------
    InputError
        If the file cannot be read or is truncated.
    """
    try:
        # From memory: a truncated file is recognised at once, and no handle is left open. As a single file, not as a
        # data set of one: half the time.
        return pq.ParquetFile(pa.BufferReader(path.read_bytes())).read(use_threads=False)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or str(error).splitlines()[0]}") from None
    except pa.ArrowException as error:
        raise InputError(f"{path}: truncated, or not a trajectory: {str(error).splitlines()[0]}") from None


def read_schema(path: Path) -> pa.Schema:
    """The columns and facts of a run, from the end of its file, which is written last.

    Raises
    ------
    InputError
        If the file cannot be read or is truncated.
    """
    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: truncated, or not a trajectory: {str(error).splitlines()[0]}") from None


def facts_of(schema: pa.Schema, path: Path) -> dict[str, Any]:
    """What a run says of itself: ``objectives``, ``config`` and ``provenance``.

    Raises
    ------
    InputError
        If it is not a run in this format.
    """
    facts: dict[str, Any] = json.loads((schema.metadata or {}).get(KEY, b"{}"))
    if facts.get("format") != FORMAT:
        raise InputError(f"{path}: not a trajectory in format {FORMAT} of hwbench_mo")
    return facts


def read(path: Path) -> dict[str, Any]:
    """The fields of a trajectory, from what `write` wrote.

    Raises
    ------
    InputError
        If the file is missing, truncated, foreign, or of another format.
    """
    table = read_table(path)
    return fields_of(table, facts_of(table.schema, path))


def fields_of(table: pa.Table, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a trajectory, from the rows of one run. Without a column of codes they are ``[n, 0]``."""
    objectives = tuple(facts["objectives"])

    def together(names: list[str]) -> Any:
        return np.stack([table[name].to_numpy() for name in names], axis=1)

    centres = [centre_column(name) for name in objectives]
    values = together(list(objectives))
    return {
        "codes": _codes(table),
        "values": values,
        "centre": together(centres) if _has(table, centres[0]) else values,
        "finish_times": table["finish_time"].to_numpy(),
        **{field: table[name].to_numpy() for field, name in OPTIONAL.items() if _has(table, name)},
        "objectives": objectives,
        "config": facts["config"],
        "provenance": facts["provenance"],
    }


def _has(table: pa.Table, name: str) -> bool:
    """Whether a run has a column; in a data set, where others may have it, it is null in those that do not."""
    return name in table.column_names and table[name].null_count == 0


def _codes(table: pa.Table) -> Codes:
    if "code" not in table.column_names:
        return np.empty((len(table), 0), dtype=np.int64)
    code = table["code"].combine_chunks()
    flat: Codes = code.flatten().to_numpy().astype(np.int64)
    return flat.reshape(len(table), len(flat) // max(len(table), 1))
