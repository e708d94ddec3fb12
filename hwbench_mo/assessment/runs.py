"""Reads the runs below a folder."""

from collections.abc import Iterator
from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.extras import needs
from hwbench_mo.simulation.trajectory import Trajectory

TABLES, CURVES = "tables", "curves.parquet"
"""The folder into which ``experiments.compare`` writes its tables, and the one of them that is Parquet and no run."""


def read_runs(folder: str | PathLike[str], /, *, left_out: list[str] | None = None) -> list[Trajectory]:
    """Every trajectory saved below a folder, or of a data set that ``experiments.collect`` merged.

    Without codes (``[n, 0]``): they are most of it, and no comparison needs them.

    Parameters
    ----------
    left_out
        Where to note, in a line each, why a file is no trajectory. Without it, such a file is an error.

    Raises
    ------
    InputError
        If the folder is missing or holds none, or a file is none.
    """
    return list(iterate_runs(folder, left_out=left_out))


def iterate_runs(
    folder: str | PathLike[str], /, *, left_out: list[str] | None = None, codes: bool = False
) -> Iterator[Trajectory]:
    """As `read_runs`, one after the other: for more runs than memory holds; with their ``codes``, if asked for.

    >>> import hwbench_mo as hb
    >>> comparisons = hb.compare(iterate_runs("outputs"))  # doctest: +SKIP
    """
    with needs("parquet"):
        from hwbench_mo.simulation.dataset import is_part, parts, read_parts

    place = Path(folder)
    if not place.is_dir():
        raise InputError(f"{folder} is no folder; name the one that experiments.run was given as out=…")
    if collected := parts(place):
        yield from read_parts(collected, codes=codes)
        return
    paths = [path for path in _files(place) if not is_part(path)]
    if not paths:
        raise InputError(f"{folder} holds no runs (*.parquet); make some with python -m experiments.run out={folder}")
    n_found = 0
    for path in paths:
        try:
            if not path.is_file():
                raise InputError(f"{path}: no regular file")
            run = Trajectory.load(path)
            run = run if codes else _without_codes(run)
        except InputError as error:
            if left_out is None:
                raise
            left_out.append(str(error))
            continue
        n_found += 1
        yield run
    if not n_found:
        raise InputError(f"{folder} holds no run that can be read: {(left_out or [''])[0]}")


def about_how_many(folder: str | PathLike[str], /) -> int:
    """How many runs there are to read, copies included; of a data set estimated by its first rows."""
    with needs("parquet"):
        from hwbench_mo.simulation.dataset import count_runs, parts

    return count_runs(collected) if (collected := parts(Path(folder))) else len(_files(Path(folder)))


def _files(place: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*.parquet") if not _is_aside(path))


def _is_aside(path: Path) -> bool:
    """Half-written files, and the curves that a comparison wrote."""
    return path.name.startswith(".") or (path.parent.name, path.name) == (TABLES, CURVES)


def _without_codes(run: Trajectory) -> Trajectory:
    return replace(run, codes=np.empty((len(run), 0), dtype=np.int64))
