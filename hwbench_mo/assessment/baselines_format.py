"""What a file of baselines says, and how: Parquet, a row a run.

``problem``, ``config`` and ``steps`` are JSON, the same for many rows: what the run is of, the settings of its
optimizer, and how its numbers are rounded. Each of `QUANTITIES` is a list of whole numbers: `curve_codec.changes`
along the run.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hwbench_mo.assessment.curve_codec import MOST_BITS, Scale, linear, logarithmic
from hwbench_mo.typing import Ints

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = "1"
KEY = b"hwbench_mo_baselines"
CHECKSUM = b"hwbench_mo_sha256"
LOGARITHMIC = ("regret", "igd_plus", "epsilon", "r2")
JUDGED = (*LOGARITHMIC, "anytime", "found")
QUANTITIES = (*JUDGED, "hours", "seconds")
"""Columns of curves."""
WORDS = ("problem", "config", "steps")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
NUMBERS = ("seed", "run", "counted", "budget", "optimism", "beside")
"""Of a run; ``beside`` says whether its group is set beside a user's own runs, or only of use to the study."""


def scales(n_front: int) -> dict[str, Scale]:
    """Of each of `QUANTITIES`; of the share of the exact front, whole points of it are counted.

    Bits are those of a checkpoint whose ranks need no more: a step of a ratio is 0.3 %, of the anytime area 0.004, of
    the optimizer's own seconds, which no two machines have in common, 9 %.
    """
    return {
        **{name: logarithmic(8) for name in LOGARITHMIC},
        "anytime": linear(8),
        "found": linear(0, per=1 / n_front),
        "hours": logarithmic(8),
        "seconds": logarithmic(3),
    }


def checksum(table: "pa.Table") -> str:
    """The hash of all that a table of baselines says."""
    digest = hashlib.sha256()
    for name in (*WORDS, *NUMBERS):
        values = table.column(name).cast("string") if name in WORDS else table.column(name)
        listed = [one.hex() if isinstance(one, bytes) else one for one in values.to_pylist()]
        digest.update(json.dumps([name, listed]).encode())
    for name in QUANTITIES:
        lists = table.column(name).combine_chunks()
        for part in (lists.value_lengths(), lists.flatten()):
            digest.update(np.ascontiguousarray(part.to_numpy(zero_copy_only=False)).astype("<i8").tobytes())
    return digest.hexdigest()


def bits_as_text(bits: Mapping[int, int], /) -> str:
    """Of each checkpoint, in order, the bits as a character.

    >>> bits_as_text({1: 8, 2: 10})
    '8a'
    """
    return "".join(DIGITS[bits[evaluations]] for evaluations in sorted(bits))


def bits_of(steps: Mapping[str, Any], name: str, evaluations: Ints, /) -> list[int]:
    """The bits of a quantity at some checkpoints, of what ``steps`` says of all of a problem.

    >>> bits_of({"checkpoints": [1, 2, 5], "bits": {"regret": "8a9"}}, "regret", np.array([1, 5]))
    [8, 9]
    """
    known = dict(zip(steps["checkpoints"], steps["bits"][name], strict=True))
    found = [DIGITS.index(known[one]) for one in evaluations.tolist()]
    if max(found, default=0) > MOST_BITS:
        raise ValueError(f"{max(found)} bits are more than {MOST_BITS}")
    return found


def lists_of(table: "pa.Table", name: str, lengths: Ints, /) -> list[Ints]:
    """The lists of a quantity, which must have these lengths."""
    lists = table.column(name).combine_chunks()
    if lists.null_count or not np.array_equal(lists.value_lengths().to_numpy(zero_copy_only=False), lengths):
        raise ValueError(f"{name} has lists of other lengths than the checkpoints")
    flat = lists.flatten().to_numpy(zero_copy_only=False).astype(np.int64)
    return np.split(flat, np.cumsum(lengths)[:-1])
