"""Measurements of one space from several campaigns in one folder: perplexities, and one device after another."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from hwbench_mo.errors import InputError, OutputExistsError
from hwbench_mo.files import new_folder
from hwbench_mo.measurements.layout import JOB
from hwbench_mo.measurements.reader import read_measurements
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.measurements.writer import write_measurements
from hwbench_mo.typing import Floats


def merge(one: Measurements, other: Measurements) -> Measurements:
    """The rows of both, NaN where a campaign did not measure what the other did.

    ``campaign_index`` of the other goes on with a new job, because its order of measuring is its own.

    Raises
    ------
    InputError
        If the spaces differ, or both measured the same target.
    """
    if one.space != other.space:
        raise InputError(f"measurements are of {one.space.name!r} and {other.space.name!r}, or of other choices")
    for target in one.readings:
        if target in other.readings:
            raise InputError(f"{target} of {one.space.name} was measured in both campaigns; name another folder")
    n, m = len(one.codes), len(other.codes)
    offset = (int(one.campaign_index.max(initial=-1)) // JOB + 1) * JOB
    readings = {name: _padded(values, 0, m) for name, values in one.readings.items()}
    readings |= {name: _padded(values, n, 0) for name, values in other.readings.items()}
    return replace(
        one,
        campaign_index=np.concatenate([one.campaign_index, other.campaign_index + offset]),
        codes=np.concatenate([one.codes, other.codes]),
        readings=readings,
        perplexity_mlp=np.concatenate([one.perplexity_mlp, other.perplexity_mlp]),
        held_out=np.concatenate([one.held_out, other.held_out]),
        protocols={**one.protocols, **other.protocols},
    )


def _padded(values: Floats, before: int, after: int) -> Floats:
    return np.pad(values, ((before, after), (0, 0)), constant_values=np.nan)


def add_measurements(measured: Measurements, folder: Path) -> None:
    """Write measurements beside those of the same space that a folder may hold; these are kept, row by row.

    Raises
    ------
    OutputExistsError
        If the folder holds measurements of the same target.
    """
    place = folder / measured.space.name
    if not place.exists():
        write_measurements(measured, folder)
        return
    earlier = read_measurements(folder, measured.space)
    try:
        merged = merge(earlier, measured)
    except InputError as error:
        raise OutputExistsError(f"{place}: {error}") from None
    with new_folder(folder / f".{place.name}-merged") as scratch:
        write_measurements(merged, scratch)
    scratch = folder / f".{place.name}-merged"
    former = folder / f".{place.name}-former"
    shutil.rmtree(former, ignore_errors=True)
    place.rename(former)
    (scratch / place.name).rename(place)
    shutil.rmtree(former)
    shutil.rmtree(scratch)
