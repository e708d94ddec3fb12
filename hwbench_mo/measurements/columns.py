"""Reads columns of Parquet files from any source: a column has the type that it must have, or is refused."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.extras import needs
from hwbench_mo.typing import Bools, Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["number", "integer", "boolean", "numbers", "integers"]
"""Types of columns; the plural stands for a list in each row."""
CHECKSUM = "sha256"
"""Key of a file's metadata; files from elsewhere may lack it."""
MOST_ROWS = 10_000_000
"""A few bytes of a file can stand for any number of rows."""


class Columns:
    """The columns of a Parquet file that are asked for and there.

    Parameters
    ----------
    path
        The file.
    kinds
        Names of columns and what they must hold.

    Raises
    ------
    InputError
        If the file is missing, is not Parquet, too large or corrupted, or a column has another type.
    """

    def __init__(self, path: Path, kinds: Mapping[str, Kind]) -> None:
        with needs("parquet"):
            import pyarrow.parquet as pq

        self.path = path
        if not path.is_file():
            raise InputError(
                f"{path} is missing: a measurements folder has, in a folder for each space, architectures.parquet "
                f"and one file for each device"
            )
        try:
            with pq.ParquetFile(path) as file:
                self.names: list[str] = file.schema_arrow.names
                self._check(file, kinds)
                self._table = file.read([name for name in kinds if name in self.names])
                self._metadata: dict[bytes, bytes] = file.schema_arrow.metadata or {}
        except InputError:
            raise
        except Exception as error:  # broken files can raise anything in Arrow
            reason = " ".join(str(error).split())[:200]
            raise InputError(f"{path} is not a Parquet file: {type(error).__name__}: {reason}") from None
        columns = dict(zip(self._table.column_names, self._table.columns, strict=True))
        checksum = self._metadata.get(CHECKSUM.encode())
        if checksum is not None and checksum != content_hash(columns).encode():
            raise InputError(f"{path} is corrupted: its columns are not those that its {CHECKSUM} was computed of")

    def _check(self, file: Any, kinds: Mapping[str, Kind]) -> None:
        # The metadata of columns is not looked at: where it is broken, Arrow 26 ends the process.
        if not 0 < file.metadata.num_rows <= MOST_ROWS:
            raise InputError(f"{self.path} has {file.metadata.num_rows} rows, but must have from 1 to {MOST_ROWS}")
        for name, kind in kinds.items():
            if self.names.count(name) > 1:
                raise InputError(f"{self.path} has several columns {name!r}")
            if name in self.names and not _is(file.schema_arrow.field(name).type, kind):
                found = str(file.schema_arrow.field(name).type)[:50]
                raise InputError(f"{self.path}: column {name!r} holds {found}, but must hold {_TEXT[kind]}")

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> "pa.Array":
        if name not in self.names:
            others = ", ".join(repr(one)[:50] for one in self.names[:20])
            raise InputError(f"{self.path} has no column {name!r}, only {others}")
        return _array(self._table[name])

    def entries(self, name: str) -> list[Any]:
        """The entries of a column as Python objects, None for null."""
        entries: list[Any] = self[name].to_pylist()
        return entries

    def numbers(self, name: str) -> Floats:
        """``[n]``; NaN for null."""
        return _doubles(self[name])

    def index(self) -> Ints:
        """``[n]``; ``campaign_index``, which tells rows apart."""
        column = self["campaign_index"]
        if column.null_count:
            raise InputError(f"{self.path}: campaign_index is missing in {column.null_count} rows")
        index: Ints = column.to_numpy(zero_copy_only=False).astype(np.int64)
        values, counts = np.unique(index, return_counts=True)
        for value in values[counts > 1][:1]:
            raise InputError(f"{self.path}: campaign_index {value} has several rows")
        return index

    def note(self, name: str) -> dict[str, Any]:
        """A JSON object of the file's metadata; empty where there is none.

        Raises
        ------
        InputError
            If it is no JSON object, or not the one that its checksum was computed of.
        """
        text = self._metadata.get(name.encode())
        if text is None:
            return {}
        checksum = self._metadata.get(f"{name}_{CHECKSUM}".encode())
        if checksum is not None and checksum != hashlib.sha256(text).hexdigest().encode():
            raise InputError(f"{self.path} is corrupted: its {name} is not the one that its {CHECKSUM} was computed of")
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise InputError(f"{self.path}: {name} in the file's metadata must be a JSON object")
        return found

    def repeats(self, name: str, index: Ints) -> Floats:
        """``[n, r]``; lists of repeated measurements, NaN only where the file has a null.

        A row that was not measured has nulls alone.
        """
        import pyarrow.compute as pc

        lists = self[name]
        lengths = set(pc.list_value_length(lists).to_pylist())
        if len(lengths) != 1 or not lengths.isdisjoint((None, 0)):
            raise InputError(f"{self.path}: {name} must hold equally many repeats in every row")
        flat = lists.flatten()
        missing = flat.is_null().to_numpy(zero_copy_only=False).reshape(len(lists), -1)
        values = _doubles(flat).reshape(len(lists), -1)
        # A device that was measured less often lacks the same repeats in every row; any other gap is a defect.
        absent = missing.all(axis=0)
        if absent.all():
            raise InputError(f"{self.path}: {name} holds no measurement")
        values[missing] = np.nan
        bad = np.asarray(~is_positive(values[:, ~absent]).all(axis=1)) & ~missing.all(axis=1)
        self.refuse(index, bad, f"{name} must hold positive numbers")
        return values

    def refuse(self, index: Ints, bad: Bools, rule: str) -> None:
        """Raise `InputError` for the first row of a mask, which breaks a rule."""
        if bad.any():
            raise InputError(f"{self.path}: campaign_index {index[int(np.argmax(bad))]}: {rule}")


def is_positive(values: Floats) -> Bools:
    """Where values are finite and above 0."""
    positive: Bools = np.isfinite(values) & (values > 0)
    return positive


def with_note(name: str, content: Mapping[str, Any]) -> dict[str, str]:
    """A JSON object as entries of a file's metadata, with a checksum: `Columns.note` reads it.

    >>> sorted(with_note("protocol", {"batch": 8}))
    ['protocol', 'protocol_sha256']
    """
    text = json.dumps(content, sort_keys=True)
    return {name: text, f"{name}_{CHECKSUM}": hashlib.sha256(text.encode()).hexdigest()}


def content_hash(columns: Mapping[str, "pa.Array"]) -> str:
    """sha256 over the names and values of columns of any `Kind`."""
    import pyarrow.compute as pc

    digest = hashlib.sha256()
    for name, column in sorted(columns.items()):
        array = _array(column)
        digest.update(f"{name}\n{len(array)}\n".encode("utf-8", "backslashreplace"))
        if not _is(array.type, "number") and not _is(array.type, "boolean"):
            digest.update(pc.list_value_length(array).fill_null(-1).to_numpy().astype(np.int64).tobytes())
            array = array.flatten()
        digest.update(_doubles(array).tobytes())
    return digest.hexdigest()


def _array(column: "pa.Array | pa.ChunkedArray") -> "pa.Array":
    import pyarrow as pa

    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _doubles(array: "pa.Array") -> Floats:
    import pyarrow as pa

    doubles: Floats = array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False).copy()
    return doubles


_TEXT = {
    "number": "numbers",
    "integer": "whole numbers",
    "boolean": "true or false",
    "numbers": "lists of numbers",
    "integers": "lists of whole numbers",
}


def _is(found: "pa.DataType", kind: Kind) -> bool:
    import pyarrow as pa

    types = pa.types
    if kind == "numbers" or kind == "integers":
        is_list = types.is_list(found) or types.is_large_list(found) or types.is_fixed_size_list(found)
        return is_list and _is(found.value_type, "number" if kind == "numbers" else "integer")
    if kind == "boolean":
        return bool(types.is_boolean(found))
    # Unsigned integers of 64 bits may not fit into signed ones. A column of nulls alone has a type of its own.
    whole = types.is_integer(found) and not types.is_uint64(found)
    return bool(whole or (kind == "number" and (types.is_floating(found) or types.is_null(found))))
