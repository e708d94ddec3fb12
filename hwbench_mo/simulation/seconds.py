"""The optimizer's own seconds, beside the file of a run, whose bytes are the same each time that the run is made.

``seed-0-….parquet`` has them in ``seed-0-….seconds.npz``. They are no part of the result: without that file, or with
one that is broken, they are unknown, and the run is what it was.
"""

import io
import zipfile
from pathlib import Path

import numpy as np

from hwbench_mo.files import replaced_file
from hwbench_mo.typing import Floats

NAME = "seconds.npy"
"""The only member of the archive, whose check sum zip keeps."""
MOST_HEADER = 4096
"""Bytes of the member beside its numbers."""


def beside(path: Path) -> Path:
    """Where the seconds of a run's file are."""
    return path.with_suffix(".seconds.npz")


def write(path: Path, seconds: Floats) -> None:
    """Write them beside the run, in single precision, unless one is unknown; those of a former attempt are replaced."""
    if path.exists() or not len(seconds) or not np.isfinite(seconds).all():
        return  # of a run that is there already: it keeps its own
    with replaced_file(beside(path)) as scratch, scratch.open("wb") as file:
        np.savez_compressed(file, seconds=seconds.astype(np.float32))


def read(path: Path, n: int) -> Floats:
    """``[n]``; NaN if they are not there, or are not n ascending numbers from 0."""
    unknown: Floats = np.full(n, np.nan)
    try:
        with zipfile.ZipFile(beside(path)) as archive:
            if archive.getinfo(NAME).file_size > 8 * n + MOST_HEADER:
                return unknown
            found = np.load(io.BytesIO(archive.read(NAME)), allow_pickle=False)
    except Exception:  # whatever a broken archive raises
        return unknown
    if found.shape != (n,) or found.dtype.kind != "f":
        return unknown
    seconds: Floats = found.astype(np.float64)
    return seconds if (np.diff(seconds, prepend=0.0) >= 0).all() and np.isfinite(seconds).all() else unknown
