"""What a campaign found, in a few lines: errors on architectures that no table saw, order, corners, noise, drift."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.fitting.few import fit_few
from hwbench_mo.fitting.fitted import answers, with_distribution
from hwbench_mo.fitting.held_out import tau_within
from hwbench_mo.fitting.references import estimate_drift
from hwbench_mo.measurements import Measurements
from hwbench_mo.measurements.layout import JOB
from hwbench_mo.profiling.design import corners
from hwbench_mo.targets import Target
from hwbench_mo.terminal import NONE, Grid
from hwbench_mo.typing import Bools, Floats

DIFFERENT = 0.02
"""Relative difference of equal GPUs, above which one table does not describe both."""
FEW_PAIRS = 20
"""Pairs of held-out architectures of one embed_dim and bias, in all, that a rank correlation needs."""


@dataclass(frozen=True, eq=False)
class Judged:
    """One target: what was measured, and what tables say that were fitted without the held-out rows."""

    target: str
    measured: Floats
    """``[n]``; medians of the rows that have some, corrected for drift."""
    predicted: Floats
    held_out: Bools
    corner: Bools
    rows: Measurements

    @property
    def tau(self) -> float | None:
        """Kendall's, of random held-out architectures within each embed_dim and bias; None for too few."""
        own = self.held_out & ~self.corner
        groups = self.rows.space.groups(self.rows.codes)[own]
        pairs = sum(n * (n - 1) // 2 for n in np.bincount(groups).tolist())
        return tau_within(groups, self.predicted[own], self.measured[own]) if pairs >= FEW_PAIRS else None

    @property
    def error(self) -> Floats:
        """``[n]``; relative."""
        relative: Floats = np.abs(self.predicted / self.measured - 1)
        return relative


def judge(measured: Measurements) -> Iterator[Judged | str]:
    """Each target of a device, or why tables of it could not be fitted."""
    space = measured.space
    is_corner = {tuple(code) for code in corners(space).tolist()}
    for target in measured.readings:
        known = np.isfinite(measured.centre(target))
        own = replace(measured.take(known), readings={target: measured.readings[target][known]})
        centre = own.centre(target)
        try:
            fitted = fit_few(own, target)
        except InputError as error:
            yield str(error)
            continue
        drift = estimate_drift(space, own.codes, centre, own.campaign_index, ~own.held_out)
        model = with_distribution(fitted.model, fitted.distribution)
        corner = np.array([tuple(code) in is_corner for code in own.codes.tolist()])
        yield Judged(
            target, centre * np.exp(-drift.log_ratio), answers(space, model, own.codes), own.held_out, corner, own
        )


def table_of(judged: Sequence[Judged]) -> Grid:
    """How well tables that were fitted without the held-out rows predict them: a row a target, for a terminal."""
    rows = []
    for one in judged:
        errors = []
        for held in (one.held_out & ~one.corner, one.held_out & one.corner):
            found = 100 * one.error[held]
            errors += [f"{np.median(found):.2f} %", f"{found.max():.2f} %"] if held.any() else [NONE, NONE]
        tau = NONE if one.tau is None else f"{one.tau:.3f}"
        least, greatest = one.measured.min(), one.measured.max()
        rows.append([Target.parse(one.target).label, f"{least:.4g} to {greatest:.4g}", *errors, tau])
    return Grid(headings=("held out", "measured", "error", "worst", "corners", "worst", "tau"), rows=rows)


def lines_of(measured: Measurements, judged: list[Judged | str]) -> Iterator[str]:
    """The report."""
    yield head_of(measured)
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
        if one.tau is not None:
            yield f"  Kendall's tau within (embed_dim, bias), held-out random ones: {one.tau:.3f}"
        yield from noise_of(measured, one.target)


def head_of(measured: Measurements) -> str:
    """How much was measured."""
    n_held_out = int(measured.held_out.sum())
    distinct = len(np.unique(measured.codes, axis=0))
    return f"{len(measured.codes)} rows of {distinct} architectures, {n_held_out} of them held out of the tables below"


def noise_of(measured: Measurements, target: str) -> Iterator[str]:
    """How repeats and returns of the same architecture differ."""
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
            difference = max(levels) - min(levels)
            advice = "; measure each as a device of its own" if difference > DIFFERENT else ""
            yield f"  the GPUs differ by {100 * difference:.2f} %{advice}"


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
