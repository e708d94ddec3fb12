"""Exact fronts on disk, so that one that takes long is computed once a machine.

A front is found by the hash of all that decides it. The file holds codes alone: values are computed anew, so that they
are those of the models at hand whatever the file says. A file that is broken, or not of this front, is passed over.
"""

import hashlib
import io
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.files import replaced_file
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.typing import Codes

VARIABLE = "HWBENCH_MO_CACHE"
"""The environment variable that names the folder of the cache; if it is empty, there is none."""
FORMAT = 1
"""Of the files, and of the algorithm behind them: fronts of another number are not found."""
LEAST_SECONDS = 0.1
"""A front that is computed faster is not kept."""


def cache_folder() -> Path | None:
    """Where fronts are kept: what `VARIABLE` says, or ``hwbench_mo`` in the user's folder of caches."""
    if (named := os.environ.get(VARIABLE)) is not None:
        return Path(named) if named else None
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hwbench_mo"
    except RuntimeError:  # there is no home
        return None


def front_key(space: SearchSpace, models: Sequence[AdditiveModel], signs: Sequence[float]) -> str:
    """The hash of all that decides a front."""
    key = hashlib.sha256(json.dumps([FORMAT, space.facts, list(signs)], sort_keys=True).encode())
    for model in models:
        tables = dict(model.parts)
        if model.curve is not None:
            tables |= {"knots": model.curve.knots, "images": model.curve.images}
        key.update(json.dumps([model.link, {name: table.shape for name, table in tables.items()}]).encode())
        for table in tables.values():
            key.update(np.ascontiguousarray(table).tobytes())
    return key.hexdigest()


def constrained_key(models: str, objectives: Sequence[str], limits: Sequence[Limit]) -> str:
    """The hash of all that decides a front under limits: of the models of all targets, and what is made of them."""
    key = hashlib.sha256(json.dumps([models, list(objectives)]).encode())
    for limit in limits:
        key.update(json.dumps([limit.target, limit.bound, limit.confidence]).encode())
        tables = [] if limit.noise is None else [limit.noise.ratios, limit.noise.levels, limit.noise.knots]
        tables += [] if limit.error is None else list(limit.error.parts.values())
        for table in tables if limit.confidence is not None else []:
            key.update(np.ascontiguousarray(table).tobytes())
    return key.hexdigest()


def read_front(key: str, space: SearchSpace) -> Codes | None:
    """``[n, d]``; canonical codes of a front that was kept, None if there is no sound file of it."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        checksum, _, content = (folder / f"{key}.front").read_bytes().partition(b"\n")
        if checksum != _checksum(key, content):
            return None
        codes = space.validate(np.load(io.BytesIO(content), allow_pickle=False))
        return codes if len(codes) and (space.canonical(codes) == codes).all() else None
    except (OSError, ValueError, EOFError, InputError, InputTypeError):
        return None


def write_front(key: str, codes: Codes) -> None:
    """Keep a front; where the folder cannot be written to, do nothing."""
    folder = cache_folder()
    if folder is None:
        return
    buffer = io.BytesIO()
    np.save(buffer, codes.astype(np.min_scalar_type(int(codes.max()))))
    content = buffer.getvalue()
    with suppress(OSError), replaced_file(folder / f"{key}.front") as scratch:
        scratch.write_bytes(_checksum(key, content) + b"\n" + content)


def _checksum(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + content).hexdigest().encode()
