"""The Parquet format of runs: the file of one run, and the columns that it shares with a data set of many.

A file carries sha256 checksums over all that it says, arrays and facts alike, which are verified when it is read. The
codes, most of a run, have one of their own, so that the rest can be verified without them.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hwbench_mo.errors import InputError
from hwbench_mo.files import new_file
from hwbench_mo.typing import Codes

FORMAT = 2
KEY = b"hwbench_mo"
"""Where a file's metadata has the facts of a run, in JSON."""
FACTS = {"objectives": list, "config": dict, "provenance": dict}
"""What a run says of itself, and of which type each is."""
CHECKSUMS = ("codes_sha256", "sha256")
"""Over the codes; and over all else and the former."""
COLUMNS = ("code", "finish_time", "start_time", "repeats")
"""Columns that every run has, beside one of each objective."""
UNREADABLE = (pa.ArrowException, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError)
"""What a file of broken content raises, wherever it is broken."""


def centre_column(objective: str) -> str:
    """The column of an objective's noise-free values, where they differ from those that the optimizer observed."""
    return f"centre:{objective}"


def violation_column(constraint: str) -> str:
    """The column of the violations of a constraint."""
    return f"violation:{constraint}"


def constraints_of(facts: Mapping[str, Any]) -> list[str]:
    """Names of the constrained metrics of a run's problem, in the order of its violations."""
    limits = facts["provenance"].get("constraints")
    return sorted(limits) if isinstance(limits, dict) else []


def write(path: Path, fields: Mapping[str, Any]) -> Path:
    """Write the fields of a trajectory as one compressed file; it appears whole or not at all.

    Raises
    ------
    OutputExistsError
        If there is a file already; it is left as it is.
    """
    facts = {name: fields[name] for name in FACTS}
    table = _table(fields).replace_schema_metadata(
        {KEY: _json({"format": FORMAT, **facts, **checksums(fields)}).encode()}
    )
    with new_file(path) as scratch:
        pq.write_table(table, scratch, compression="zstd")
    return path


def _table(fields: Mapping[str, Any]) -> pa.Table:
    codes: Codes = fields["codes"]
    narrow = np.int16 if codes.max(initial=0) <= np.iinfo(np.int16).max else np.int64
    flat = _column(codes.ravel().astype(narrow))
    columns: dict[str, pa.Array] = {"code": pa.FixedSizeListArray.from_arrays(flat, codes.shape[1])}
    is_noisy = not np.array_equal(fields["values"], fields["centre"])
    for column, name in enumerate(fields["objectives"]):
        columns[name] = _column(fields["values"][:, column])
        if is_noisy:
            columns[centre_column(name)] = _column(fields["centre"][:, column])
    for column, name in enumerate(constraints_of(fields)):
        columns[violation_column(name)] = _column(fields["violations"][:, column])
    columns["finish_time"] = _column(fields["finish_times"])
    columns["start_time"] = _column(fields["start_times"])
    columns["repeats"] = _column(fields["repeats"].astype(np.int64))
    return pa.table(columns)


def _column(values: NDArray[Any]) -> pa.Array:
    # pa.array would import pandas, if it is installed: half a second of a short run.
    held = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, held], null_count=0)


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def checksums(fields: Mapping[str, Any]) -> dict[str, str]:
    """`CHECKSUMS` of the fields of a trajectory."""
    of_codes = hashlib.sha256(str(fields["codes"].shape).encode())
    of_codes.update(np.ascontiguousarray(fields["codes"], dtype="<i8").data)
    return {"codes_sha256": of_codes.hexdigest(), "sha256": _checksum_of_rest(fields, of_codes.hexdigest())}


def _checksum_of_rest(fields: Mapping[str, Any], codes_sha256: str) -> str:
    digest = hashlib.sha256(_json([codes_sha256, *(fields[name] for name in FACTS)]).encode())
    for name in ("values", "centre", "finish_times", "start_times"):
        digest.update(np.ascontiguousarray(fields[name], dtype="<f8").data)
    digest.update(np.ascontiguousarray(fields["repeats"], dtype="<i8").data)
    if fields["violations"].shape[1]:
        digest.update(np.ascontiguousarray(fields["violations"], dtype="<f8").data)
    return digest.hexdigest()


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
    except pa.ArrowException as error:  # some of them are errors of the system, too
        raise InputError(f"{path}: truncated, or not a trajectory: {_line(error)}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or _line(error)}") from None
    except (*UNREADABLE, MemoryError) as error:
        raise InputError(f"{path}: not a trajectory: {_line(error)}") from None


def read_schema(path: Path) -> pa.Schema:
    """The columns and facts of a run, from the end of its file, which is written last.

    Raises
    ------
    InputError
        If the file cannot be read or is truncated.
    """
    try:
        return pq.read_schema(path)
    except (OSError, *UNREADABLE) as error:
        raise InputError(f"{path}: truncated, or not a trajectory: {_line(error)}") from None


def facts_of(schema: pa.Schema, path: Path) -> dict[str, Any]:
    """What a run says of itself: `FACTS` and `CHECKSUMS`.

    Raises
    ------
    InputError
        If it is not a run in this format, or its facts are broken.
    """
    raw = (schema.metadata or {}).get(KEY, b"{}")
    try:
        facts = json.loads(raw)
        if b"\\ud" in raw.lower():
            json.dumps(facts, ensure_ascii=False).encode()  # half a letter, which can be neither shown nor written
    except (ValueError, RecursionError):
        raise InputError(f"{path}: not a trajectory: its metadata is broken") from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        found = f"; it is in format {facts['format']}" if isinstance(facts, dict) and "format" in facts else ""
        raise InputError(f"{path}: not a trajectory in format {FORMAT} of hwbench_mo{found}")
    kinds = {**FACTS, **dict.fromkeys(CHECKSUMS, str)}
    wrong = [name for name, kind in kinds.items() if not isinstance(facts.get(name), kind)]
    if wrong or not facts["objectives"] or not all(isinstance(name, str) for name in facts["objectives"]):
        raise InputError(f"{path}: not a trajectory: its metadata is broken: {', '.join(wrong) or 'objectives'}")
    return facts


def read(path: Path) -> dict[str, Any]:
    """The fields of a trajectory, from what `write` wrote.

    Raises
    ------
    InputError
        If the file is missing, truncated, foreign, of another format, or not byte for byte what was written.
    """
    table = read_table(path)
    facts = facts_of(table.schema, path)
    if "code" not in table.column_names:
        raise InputError(f"{path}: not a trajectory: column code is missing")
    return fields_of(table, facts, path)


def fields_of(table: pa.Table, facts: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The fields of a trajectory, verified, from the rows of one run. Without a column of codes they are ``[n, 0]``.

    Raises
    ------
    InputError
        If a column is missing or of the wrong type, or a checksum does not match.
    """
    try:
        objectives = tuple(facts["objectives"])
        values = np.stack([_numbers(table, name) for name in objectives], axis=1)
        centres = [centre_column(name) for name in objectives]
        is_noisy = centres[0] in table.column_names and table[centres[0]].null_count == 0
        fields = {
            "codes": _codes(table),
            "values": values,
            "centre": np.stack([_numbers(table, name) for name in centres], axis=1) if is_noisy else values,
            "finish_times": _numbers(table, "finish_time"),
            "start_times": _numbers(table, "start_time"),
            "repeats": _numbers(table, "repeats"),
            "violations": np.vstack(
                [
                    np.zeros((0, len(table))),
                    *(_numbers(table, violation_column(name)) for name in constraints_of(facts)),
                ]
            ).T,
            **{name: facts[name] for name in FACTS},
        }
        of_codes = checksums(fields)["codes_sha256"] if "code" in table.column_names else facts["codes_sha256"]
        found = _checksum_of_rest(fields, of_codes)
    except UNREADABLE as error:
        raise InputError(f"{path}: not a trajectory: {_line(error)}") from None
    if found != facts["sha256"]:
        raise InputError(f"{path}: corrupted: its checksum is {found[:12]}…, but it says {facts['sha256'][:12]}…")
    return {**fields, "objectives": objectives}


def _numbers(table: pa.Table, name: str) -> Any:
    if table[name].null_count:
        raise ValueError(f"column {name} has rows without a value")
    return table[name].to_numpy()


def _codes(table: pa.Table) -> Codes:
    if "code" not in table.column_names:
        return np.empty((len(table), 0), dtype=np.int64)
    code = table["code"].combine_chunks()
    flat: Codes = code.flatten().to_numpy().astype(np.int64)
    return flat.reshape(len(table), len(flat) // max(len(table), 1))


def _line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
