"""Measures many sub-networks of a supernet on one held-out text; resumable, as each is kept at once."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.supernet.elastic import Supernet, largest, smallest
from hwbench_mo.supernet.evaluate import HeldOut, Quality, evaluate
from hwbench_mo.supernet.loss import RunBlock, run_block
from hwbench_mo.typing import Codes

JOURNAL = "rows.jsonl"


@dataclass(frozen=True)
class Row:
    """One sub-network that was measured."""

    code: tuple[int, ...]
    quality: Quality


def chosen(space: SearchSpace, n: int, *, seed: int) -> Codes:
    """``[n, d]``, distinct; the largest, the smallest, and random architectures, drawn until new.

    A space that holds fewer gives all that it has.
    """
    n = min(n, space.size)
    ends = space.encode([largest(space), smallest(space)])
    found = {tuple(code): None for code in ends.tolist()}
    rng = np.random.default_rng(seed)
    while len(found) < n:
        found |= dict.fromkeys(map(tuple, space.sample(n, rng).tolist()))
    return np.array(list(found)[:n], dtype=np.int64)


def measure(
    supernet: Supernet,
    text: HeldOut,
    codes: Codes,
    journal: Path,
    identity: Mapping[str, Any],
    *,
    batch: int,
    dtype: str = "float32",
    run: RunBlock = run_block,
    tell: Callable[[int, Row], object] = lambda n, row: None,
) -> list[Row]:
    """The quality of each architecture, those measured by an earlier call from the journal.

    Parameters
    ----------
    journal
        File of JSON lines.
    identity
        What must be the same for rows to be comparable, in plain JSON values.
    tell
        Is told of each row that is measured now, and how many there are.

    Raises
    ------
    InputError
        If the journal is of another supernet, text or type, or a line is broken.
    """
    done = _read(journal, identity)
    for code in map(tuple, codes.tolist()):
        if code in done:
            continue
        (architecture,) = supernet.space.decode(np.array([code]))
        quality = evaluate(supernet.select(architecture), text, batch=batch, dtype=dtype, run=run)
        if not quality.finite:
            raise InputError(f"the loss of {architecture} is {quality.loss}: train the supernet anew")
        done[code] = Row(code, quality)
        _append(journal, {"code": code, "quality": asdict(quality)})
        tell(len(done), done[code])
    return [done[code] for code in map(tuple, codes.tolist())]


def _append(path: Path, line: Mapping[str, Any]) -> None:
    data = json.dumps(line).encode() + b"\n"
    with path.open("ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path, identity: Mapping[str, Any]) -> dict[tuple[int, ...], Row]:
    """Rows by code. A line that was being written when the process was killed is cut off."""
    data = path.read_bytes() if path.exists() else b""
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    if not whole:
        path.parent.mkdir(parents=True, exist_ok=True)
        _append(path, {"identity": dict(identity)})
        return {}
    lines = whole.splitlines()
    found: dict[tuple[int, ...], Row] = {}
    for number, line in enumerate(lines, start=1):
        try:
            content = json.loads(line)
            if number == 1:
                _refuse_other(path, content["identity"], json.loads(json.dumps(identity)))
            else:
                row = Row(tuple(map(int, content["code"])), Quality(**content["quality"]))
                found[row.code] = row
        except InputError:
            raise
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise InputError(f"{path}, line {number} is no row: {type(error).__name__}: {str(error)[:100]}") from None
    return found


def _refuse_other(path: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for name, value in wanted.items():
        if found.get(name) != value:
            raise InputError(
                f"{path} holds rows with {name} {str(found.get(name))[:60]}, not {str(value)[:60]}: "
                f"go on with the former, or name another folder"
            )
