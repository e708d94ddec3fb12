"""Parquet files that are broken in some way, drawn at random."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Rng = np.random.Generator


def _typed(n: int, rng: Rng) -> Any:
    """A column of n rows of some type; most are not numbers."""
    small = rng.integers(1, 5, n).tolist()
    kinds: list[Callable[[], Any]] = [
        lambda: pa.array([str(one) for one in small]),
        lambda: pa.array([b"\xff\n"] * n),
        lambda: pa.array([None] * n),
        lambda: pa.nulls(n, pa.int64()),
        lambda: pa.nulls(n, pa.list_(pa.float32(), 3)),
        lambda: pa.array([[]] * n, pa.list_(pa.float64())),
        lambda: pa.array([[one] * one for one in small]),
        lambda: pa.array([[[one]] for one in small]),
        lambda: pa.array([[None, one] for one in small]),
        lambda: pa.array([[str(one)] for one in small]),
        lambda: pa.array([{"element": one} for one in small]),
        lambda: pa.array([Decimal(one) for one in small]),
        lambda: pa.array(small, pa.timestamp("us")),
        lambda: pa.array(small, pa.date32()),
        lambda: pa.array(small, pa.duration("s")),
        lambda: pa.array([bool(one % 2) for one in small]),
        lambda: pa.array([str(one) for one in small]).dictionary_encode(),
        lambda: pa.array(np.full(n, rng.choice([np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, 1e308]))),
        lambda: pa.array(np.full(n, rng.choice(np.array([2**63, 2**64 - 1], dtype=np.uint64)))),
        lambda: pa.array(np.full(n, rng.choice([-(2**63), 2**63 - 1, -1, 0, 2**53 + 1]))),
        lambda: pa.array(np.array(small, dtype=np.float16)),
        lambda: pa.array([[2**63 - 1] * 3] * n),
        lambda: pa.array([[float("nan")] * 3] * n),
        lambda: pa.array([[{"a": one}] for one in small]),
        lambda: pa.MapArray.from_arrays(np.arange(n + 1), [str(one) for one in small], small),
    ]
    return kinds[rng.integers(len(kinds))]()


def spoil_table(path: Path, rng: Rng) -> None:
    """Change columns or rows of a Parquet file, which stays one."""
    table = pq.read_table(path)
    i = int(rng.integers(table.num_columns))
    name, n = table.column_names[i], table.num_rows
    changes: list[Callable[[], Any]] = [
        lambda: table.set_column(i, name, _typed(n, rng)),
        lambda: table.set_column(i, name, _typed(n, rng)),
        lambda: table.set_column(i, name, _typed(n, rng)),
        lambda: table.append_column(name, table.column(i)),
        lambda: table.append_column("\n\u202e" + "x" * 10_000, table.column(i)),
        lambda: table.drop_columns([name]),
        lambda: table.rename_columns(["\n" if one == name else one for one in table.column_names]),
        lambda: table.slice(0, int(rng.integers(2))),
        lambda: pa.concat_tables([table, table]),
        lambda: table.take(rng.integers(n, size=n)),
        lambda: table.select([]),
        lambda: pa.table({}),
    ]
    pq.write_table(changes[rng.integers(len(changes))](), path)


def flip_bit(path: Path, rng: Rng) -> None:
    """Flip one bit of a file."""
    data = bytearray(path.read_bytes())
    data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
    path.write_bytes(data)


def spoil_bytes(path: Path, rng: Rng) -> None:
    """Flip, cut, double or overwrite bytes of a file."""
    data = bytearray(path.read_bytes())
    start, end = sorted(rng.integers(len(data) + 1, size=2).tolist())
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(len(data)))
        data[place] ^= 1 << int(rng.integers(8))
    changes: list[Callable[[], bytes]] = [
        lambda: bytes(data),
        lambda: bytes(data),
        lambda: bytes(data[:start]),
        lambda: bytes(data[:start] + data[end:]),
        lambda: bytes(data[:end] + data[start:]),
        lambda: bytes(data[:start]) + rng.bytes(end - start) + bytes(data[end:]),
        lambda: rng.bytes(len(data)),
        lambda: b"",
    ]
    path.write_bytes(changes[rng.integers(len(changes))]())
