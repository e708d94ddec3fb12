"""Reads the runs below a folder."""

from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.simulation.trajectory import Trajectory


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
    from hwbench_mo.simulation.dataset import is_part, parts, read_parts  # which need pyarrow

    place = Path(folder)
    if not place.is_dir():
        raise InputError(f"{folder} is no folder; name the one that experiments.run was given as out=…")
    if collected := parts(place):
        return list(read_parts(collected))
    paths = sorted(path for path in place.rglob("*.parquet") if not (path.name.startswith(".") or is_part(path)))
    if not paths:
        raise InputError(f"{folder} holds no runs (*.parquet); make some with python -m experiments.run out={folder}")
    found = []
    for path in paths:
        try:
            if not path.is_file():
                raise InputError(f"{path}: no regular file")
            found.append(_without_codes(Trajectory.load(path)))
        except InputError as error:
            if left_out is None:
                raise
            left_out.append(str(error))
    if not found:
        raise InputError(f"{folder} holds no run that can be read: {(left_out or [''])[0]}")
    return found


def _without_codes(run: Trajectory) -> Trajectory:
    return replace(run, codes=np.empty((len(run), 0), dtype=np.int64))
