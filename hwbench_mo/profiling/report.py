"""What a campaign found, in a few lines: errors on architectures that no table saw, order, corners, noise, drift."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.fitting.fit import fit_space
from hwbench_mo.measurements import Measurements
from hwbench_mo.measurements.layout import JOB
from hwbench_mo.profiling.design import corners
from hwbench_mo.targets import Target
from hwbench_mo.typing import Bools, Floats, Ints

FEW_PAIRS = 20
"""Pairs of held-out architectures of one embed_dim and bias, in all, that a rank correlation needs."""


@dataclass(frozen=True, eq=False)
class Judged:
    """One target: what was measured, and what tables say that were fitted without the held-out rows."""

    target: str
    measured: Floats
    """``[n]``; medians of the rows that have some."""
    predicted: Floats
    held_out: Bools
    corner: Bools
    tau: float
    """Kendall's, of random held-out architectures within each embed_dim and bias; NaN for too few."""

    @property
    def error(self) -> Floats:
        """``[n]``; relative."""
        relative: Floats = np.abs(self.predicted / self.measured - 1)
        return relative


def judge(measured: Measurements) -> Iterator[Judged | str]:
    """Each target of a device, or why tables of it could not be fitted."""
    is_corner = {tuple(code) for code in corners(measured.space).tolist()}
    for target in measured.readings:
        centre = measured.centre(target)
        known = np.isfinite(centre)
        own = replace(measured.take(known), readings={target: measured.readings[target][known]})
        try:
            bench = fit_space(own.take(~own.held_out))
        except InputError as error:
            yield f"{target}: {error}"
            continue
        predicted = bench.predict(own.codes, target).median
        corner = np.array([tuple(code) in is_corner for code in own.codes.tolist()])
        groups = own.space.groups(own.codes)
        rows = own.held_out & ~corner
        tau = _tau_within(centre[known][rows], predicted[rows], groups[rows])
        yield Judged(target, centre[known], predicted, own.held_out, corner, tau)


def _tau_within(measured: Floats, predicted: Floats, groups: Ints) -> float:
    """Kendall's tau over pairs of one group."""
    i, j = np.triu_indices(len(measured), 1)
    same = groups[i] == groups[j]
    signs = np.sign((measured[i] - measured[j]) * (predicted[i] - predicted[j]))[same]
    return float(signs.mean()) if len(signs) >= FEW_PAIRS else float("nan")


def lines_of(measured: Measurements, judged: list[Judged | str]) -> Iterator[str]:
    """The report."""
    n_held_out = int(measured.held_out.sum())
    distinct = len(np.unique(measured.codes, axis=0))
    yield f"{len(measured.codes)} rows of {distinct} architectures, {n_held_out} of them held out of the tables below"
    for one in judged:
        if isinstance(one, str):
            yield one
            continue
        least, greatest = one.measured.min(), one.measured.max()
        yield f"{Target.parse(one.target).label}, {least:.4g} to {greatest:.4g}"
        for name, rows in (
            ("held-out random architectures", one.held_out & ~one.corner),
            ("held-out corners", one.held_out & one.corner),
        ):
            if rows.any():
                errors = 100 * one.error[rows]
                yield f"  error on {rows.sum()} {name}: median {np.median(errors):.2f} %, worst {errors.max():.2f} %"
        if np.isfinite(one.tau):
            yield f"  Kendall's tau within (embed_dim, bias), held-out random ones: {one.tau:.3f}"
        yield from _noise(measured, one.target)


def _noise(measured: Measurements, target: str) -> Iterator[str]:
    readings = measured.readings[target]
    known = np.isfinite(readings).any(axis=1)
    if readings.shape[1] > 1:
        ratios = readings[known] / np.nanmedian(readings[known], axis=1, keepdims=True)
        yield f"  noise of one repeat: {100 * np.nanmedian(np.nanstd(ratios, axis=1)):.2f} %"
    drift = reference_ratios(measured, target)
    if len(drift) > 1:
        yield (
            f"  {len(drift)} returns of reference architectures differ by {100 * np.std(drift):.2f} %, "
            f"{100 * np.abs(drift).max():.2f} % at most"
        )
        jobs = measured.campaign_index[repeated(measured, target)] // JOB
        levels = [float(np.median(drift[jobs == job])) for job in np.unique(jobs)]
        if len(levels) > 1:
            yield f"  the GPUs differ by {100 * (max(levels) - min(levels)):.2f} %"


def reference_ratios(measured: Measurements, target: str) -> Floats:
    """Of each row of an architecture that came back: the logarithm of its ratio to that architecture's median."""
    rows = repeated(measured, target)
    centre = measured.centre(target)[rows]
    codes = np.unique(measured.codes[rows], axis=0, return_inverse=True)[1].ravel()
    ratios = np.empty(len(centre))
    for code in np.unique(codes):
        own = codes == code
        ratios[own] = np.log(centre[own] / np.median(centre[own]))
    return ratios


def repeated(measured: Measurements, target: str) -> Bools:
    """``[n]``; rows of architectures that have several rows with this target."""
    known = np.isfinite(measured.centre(target))
    _, inverse, counts = np.unique(measured.codes[known], axis=0, return_inverse=True, return_counts=True)
    rows = np.zeros(len(known), dtype=bool)
    rows[known] = counts[inverse.ravel()] > 1
    return rows
