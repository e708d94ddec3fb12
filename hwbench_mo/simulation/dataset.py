"""Many runs as one Parquet data set: how it is written, run after run, and how runs are read back from it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hwbench_mo.errors import InputError
from hwbench_mo.simulation import parquet, seconds
from hwbench_mo.simulation.trajectory import Trajectory

_TEXT = pa.dictionary(pa.int32(), pa.string())
FACTS = {"run": _TEXT, "seed": pa.int64(), "evaluation": pa.int32()}
TEXTS = dict.fromkeys((*parquet.FACTS, *parquet.CHECKSUMS), _TEXT)
"""What a run says of itself, and its checksums, stand in each of its rows: JSON, which a dictionary keeps once."""
SECONDS = "optimizer_seconds"
"""The optimizer's own, which lie beside the file of a run; null where they are not known."""
_ROWS = 100_000
"""At least so many rows a row group, of whole runs; one is in memory at a time."""


@dataclass(frozen=True)
class Source:
    """A file of a run, seen from its end: what it holds, without the numbers."""

    path: Path
    run: str
    """The identity; of a run that was saved without one, its checksum."""
    sha256: str
    """The checksum of the result."""
    partition: tuple[str, str]
    """Problem and optimizer."""
    schema: pa.Schema


def source_of(path: Path) -> Source:
    """The head of a run's file.

    Raises
    ------
    InputError
        If it is truncated or foreign, a column is missing or of the wrong type, or it says of itself what a data set
        cannot hold.
    """
    if not path.is_file():
        raise InputError(f"{path}: no regular file")
    schema = parquet.read_schema(path)
    facts = parquet.facts_of(schema, path)
    for name in (*parquet.COLUMNS, *facts["objectives"]):
        if name not in schema.names:
            raise InputError(f"{path}: not a trajectory: column {name} is missing")
    for field in schema:
        is_right = _is_code(field) if field.name == "code" else field.type in (pa.float64(), pa.int64())
        if not is_right or field.name in (*FACTS, *TEXTS, SECONDS):
            raise InputError(f"{path}: not a trajectory: column {field.name} is of {field.type}")
    space = facts["provenance"].get("space")
    if not isinstance(space, dict) or not isinstance(space.get("name"), str):
        raise InputError(f"{path}: its provenance names no space; save what simulate returned")
    seed = facts["config"].get("seed")
    if seed is not None and not (isinstance(seed, int) and -(2**63) <= seed < 2**63):
        raise InputError(f"{path}: its seed is {seed!r}, but must be an integer of 64 bits, or none")
    optimizer = facts["config"].get("optimizer")
    name = str(optimizer.get("name", "unnamed")) if isinstance(optimizer, dict) else "unnamed"
    partition = "-".join([space["name"], *facts["objectives"]]), name
    if any(len(quote(text, errors="backslashreplace")) > 200 for text in partition):
        raise InputError(f"{path}: the name of its problem or optimizer has more than 200 letters")
    run = str(facts["provenance"].get("identity") or facts["sha256"])
    plain = [field.with_type(_list_type(field)) if field.name == "code" else field for field in schema]
    return Source(path, run, facts["sha256"], partition, pa.schema(plain))


def _is_code(field: pa.Field) -> bool:
    return bool(pa.types.is_fixed_size_list(field.type) and pa.types.is_integer(field.type.value_type))


def _list_type(code: pa.Field) -> pa.DataType:
    """Codes of any width in one column."""
    return pa.list_(code.type.value_type)


def schema_of(sources: Sequence[Source]) -> pa.Schema:
    """Columns of all runs together; those that a run lacks are null in it."""
    own = pa.unify_schemas({source.schema for source in sources}, promote_options="permissive")
    first = ["finish_time", *(name for name in own.names if name not in ("finish_time", "code")), "code"]
    columns = [*(own.field(name) for name in first), (SECONDS, pa.float32())]
    return pa.schema([*FACTS.items(), *columns, *TEXTS.items()])


class Writer:
    """One file of the data set: runs go in one by one, and come out in row groups of whole runs."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        path.parent.mkdir(parents=True)
        words = [name for name, kind in {**FACTS, **TEXTS}.items() if kind == _TEXT]
        # Of codes, a dictionary saves two fifths of the whole; one that grew beyond the limit would be dropped.
        few = [*words, "code.list.element"]
        options = {"compression": "zstd", "use_dictionary": few, "dictionary_pagesize_limit": 2**28}
        self._file = pq.ParquetWriter(path, schema, **options)
        self._schema = schema
        self._waiting: list[tuple[str, pa.Table, dict[str, Any]]] = []

    def add(self, source: Source) -> None:
        """Read a run and write it.

        Raises
        ------
        InputError
            If its numbers cannot be read or are out of order; nothing of it is written.
        """
        table = parquet.read_table(source.path)
        facts = parquet.facts_of(table.schema, source.path)
        parquet.fields_of(table, facts, source.path)  # verifies the checksums
        if not len(table):
            raise InputError(f"{source.path}: not a trajectory: it has no rows")
        if not (np.diff(table["finish_time"].to_numpy()) >= 0).all():
            raise InputError(f"{source.path}: not a trajectory: finish_time is not ascending")
        own = pa.array(seconds.read(source.path, len(table)).astype(np.float32), from_pandas=True)
        self._waiting.append((source.run, table.replace_schema_metadata(None).append_column(SECONDS, own), facts))
        if sum(len(table) for _, table, _ in self._waiting) >= _ROWS:
            self._flush()

    def close(self) -> None:
        """Write what waits, and the end of the file."""
        if self._waiting:
            self._flush()
        self._file.close()

    def _flush(self) -> None:
        runs, tables, facts = zip(*self._waiting, strict=True)
        self._waiting = []
        lengths = [len(table) for table in tables]
        seeds = pa.array([own["config"].get("seed") for own in facts], pa.int64())
        columns = {
            "run": _repeated(runs, lengths),
            "seed": seeds.take(pa.array(np.arange(len(runs)).repeat(lengths))),
            "evaluation": pa.array(np.concatenate([np.arange(n, dtype=np.int32) for n in lengths])),
            **{name: _repeated([json.dumps(own[name], sort_keys=True) for own in facts], lengths) for name in TEXTS},
        }
        data = pa.concat_tables([_with_lists(table) for table in tables], promote_options="permissive")
        for field in self._schema:
            if field.name in data.column_names:
                columns[field.name] = data[field.name].cast(field.type)
            elif field.name not in columns:
                columns[field.name] = pa.nulls(len(data), field.type)
        table = pa.table([columns[name] for name in self._schema.names], schema=self._schema)
        self._file.write_table(table, row_group_size=max(len(table), 1))


def _with_lists(table: pa.Table) -> pa.Table:
    place = table.schema.get_field_index("code")
    return table.set_column(place, "code", table["code"].cast(_list_type(table.schema.field("code"))))


def _repeated(words: Sequence[str], lengths: Sequence[int]) -> pa.DictionaryArray:
    places = {word: place for place, word in enumerate(dict.fromkeys(words))}
    indices = np.array([places[word] for word in words], dtype=np.int32).repeat(lengths)
    return pa.DictionaryArray.from_arrays(pa.array(indices), pa.array(places, pa.string()))


def part_of(dataset: Path, partition: tuple[str, str]) -> Path:
    """The file of a problem and optimizer."""
    problem, optimizer = (quote(name, safe="@", errors="backslashreplace") for name in partition)
    return dataset / f"problem={problem}" / f"optimizer={optimizer}" / "part-0.parquet"


def parts(folder: Path) -> list[Path]:
    """Files of the data set, or none if the folder is not one."""
    return sorted(folder.glob("problem=*/optimizer=*/*.parquet"))


def is_part(path: Path) -> bool:
    """Whether a file belongs to a data set rather than to one run."""
    return path.parent.name.startswith("optimizer=") and path.parent.parent.name.startswith("problem=")


def count_runs(paths: Sequence[Path]) -> int:
    """About how many runs there are: as many as the first row group of a file has, for as many rows as that one.

    Files that cannot be read count none.
    """
    n_runs = 0.0
    for path in paths:
        try:
            file = pq.ParquetFile(path)
            first = file.read_row_group(0, columns=["evaluation"])["evaluation"].to_numpy()
            n_runs += file.metadata.num_rows * np.count_nonzero(first == 0) / max(len(first), 1)
        except (OSError, *parquet.UNREADABLE):
            continue
    return round(n_runs)


def read_parts(paths: Sequence[Path], *, codes: bool = False) -> Iterator[Trajectory]:
    """The runs of a data set, in its order. Without ``codes``, which are most of it, they have ``[n, 0]``.

    Raises
    ------
    InputError
        If a file is truncated, or not of such a data set.
    """
    for path in paths:
        try:
            file = pq.ParquetFile(path)
            left = {"run", "seed"} if codes else {"run", "seed", "code"}
            names = [name for name in file.schema_arrow.names if name not in left]
            for group in range(file.num_row_groups):
                yield from _runs(file.read_row_group(group, columns=names), path)
        except InputError:
            raise
        except (OSError, *parquet.UNREADABLE) as error:
            line = (str(error).splitlines() or [type(error).__name__])[0]
            raise InputError(f"{path}: truncated, or not of a data set: {line}") from None


def _runs(table: pa.Table, path: Path) -> Iterator[Trajectory]:
    starts = np.flatnonzero(table["evaluation"].to_numpy() == 0).tolist()
    for start, end in zip(starts, [*starts[1:], len(table)], strict=True):
        own = table.slice(start, end - start)
        facts = {name: json.loads(own[name][0].as_py()) for name in TEXTS}
        unknown = np.full(len(own), np.nan)  # in data sets of former versions
        spent = own[SECONDS].to_numpy().astype(np.float64) if SECONDS in own.column_names else unknown
        yield Trajectory(**parquet.fields_of(own, facts, path), optimizer_seconds=spent)
