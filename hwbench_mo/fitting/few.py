"""Fits one target of a device from the few dozen architectures that a table needs, chosen for it by an optimal design.

As `hwbench_mo.fitting.hardware`, with what so few rows ask for: drift is told by references, rows that contradict all
others are left out, folds and halves hold architectures of every embed_dim and bias, and a table does not depend on the
order of layers, which has more effects than there are rows.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.fitting.distribution import fit_distribution
from hwbench_mo.fitting.episodes import scale_of
from hwbench_mo.fitting.fitted import Fitted, answers, folds, with_distribution
from hwbench_mo.fitting.hardware import interaction_gain
from hwbench_mo.fitting.held_out import score
from hwbench_mo.fitting.references import Drift, estimate_drift
from hwbench_mo.fitting.shrunk import shrunk_regression
from hwbench_mo.fitting.sufficiency import refuse_few
from hwbench_mo.fitting.width import HardwareFit, counts_of, designs, refuse_dependent, signed_bias, tables_of_widths
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM
from hwbench_mo.targets import Target
from hwbench_mo.typing import Bools, Codes, Floats

FOLDS = 10
"""Noise is what remains of rows that the tables were not fitted to."""
BY_BIAS = 0.01
"""By how much bias may move a pass through what layers of one choice cost, as a share of it, before there are data.

In the tables that ship the root mean square is 0.5 % for latency and 0.9 % for energy.
"""
LEAST = 3
"""Architectures of each embed_dim and bias that either half of the rows needs."""
STATES = 9
"""Quantiles of the campaign's drift that the distribution of a new measurement has."""
STEADY = ("peak_memory",)
"""Metrics that nothing moves but the architecture."""
LEAST_FOR_INTERACTIONS = 100
"""Architectures of a width, below which the gain of products of counts is chance."""


def fit_few(measured: Measurements, target: str) -> Fitted:
    """The tables of a target, and how well they predict the rows that were held out.

    Raises
    ------
    InputError
        If there are too few architectures of an embed_dim and bias, or too alike ones, to tell what each choice costs.
    """
    space, centre = measured.space, measured.centre(target)
    known = np.isfinite(centre)
    used = known & ~measured.held_out
    refuse_few(space, _by_group(space, np.unique(measured.codes[used], axis=0)), target, least=LEAST)
    drift = _drift(measured, centre, known, used, steady=Target.parse(target).metric in STEADY)
    corrected = measured.readings[target] * np.exp(-drift.log_ratio)[:, None]
    codes, repeats, outliers = _merge(space, measured.codes[used], corrected[used], drift.outliers[used])
    middle = np.nanmedian(repeats, axis=1)
    kept = ~outliers

    n_widths = len(space.embed_dim)

    def fit(rows: Bools, level_errors: Sequence[float] = [0.0] * n_widths) -> HardwareFit:
        return _fit(space, codes[rows], middle[rows], level_errors)

    sums = np.empty(len(codes))
    for left_out in folds(len(codes), FOLDS):
        refuse_dependent(space, codes[kept & ~left_out], by_bias=False)
        sums[left_out] = answers(space, fit(kept & ~left_out).model, codes[left_out])
    states = _states(drift.log_ratio[used])
    shown = (repeats[:, :, None] * states).reshape(len(codes), -1)
    e, b = codes[:, EMBED_DIM], codes[:, BIAS]
    distribution = fit_distribution(np.maximum(sums, 1e-3 * middle), shown, e, b, may_bend=False)
    # The level is told by references, and then by the median of rows that the tables were not fitted to.
    off = [np.log(np.maximum(sums, 1e-3 * middle) / middle)[kept & (e == i)] for i in range(n_widths)]
    of_median = [np.sqrt(np.pi / 2 / max(len(one), 1)) * scale_of(one - np.median(one)) for one in off]
    fitted = fit(kept, [float(np.hypot(drift.level_error, one)) for one in of_median])
    model = with_distribution(fitted.model, distribution)
    enough = np.bincount(e).min() >= LEAST_FOR_INTERACTIONS
    gain = interaction_gain(space, codes[kept], middle[kept], np.zeros(kept.sum())) if enough else None
    facts = {
        "rows": int(used.sum()),
        "architectures": len(codes),
        "cheaper_though_larger": list(fitted.cheaper),
        "held_level": list(fitted.level_with),
        "interaction_gain": gain if gain is None else round(gain, 4),
        "noise_by_bias": distribution.form.by_bias,
        "noise_knots": distribution.form.n_knots,
        "drift": _facts(measured, drift, used),
    }
    judged = known & measured.held_out & ~drift.at_edge & ~_among(measured.codes, codes)
    if judged.any():
        truth = centre[judged] * np.exp(-drift.log_ratio[judged])
        facts["held_out"] = score(space, measured.codes[judged], answers(space, model, measured.codes[judged]), truth)
    return Fitted(fitted.model, fitted.error.scaled(distribution.factors), distribution, facts)


def _drift(measured: Measurements, centre: Floats, known: Bools, used: Bools, *, steady: bool) -> Drift:
    n = len(centre)
    none = np.zeros(n, dtype=bool)
    if steady:
        return Drift(np.zeros(n), (), none, none, 0, 0.0)
    space, index = measured.space, measured.campaign_index
    found = estimate_drift(space, measured.codes[known], centre[known], index[known], used[known])

    def of_all(values: NDArray[Any]) -> NDArray[Any]:
        spread = np.zeros(n, dtype=values.dtype)
        spread[known] = values
        return spread

    moved, off, at_edge = (of_all(values) for values in (found.log_ratio, found.outliers, found.at_edge))
    return replace(found, log_ratio=moved, outliers=off, at_edge=at_edge)


def _by_group(space: SearchSpace, codes: Codes) -> Codes:
    """Sorted by embed_dim and bias: every second row, or tenth, then has its share of each."""
    return codes[np.argsort(space.groups(codes), kind="stable")]


def _merge(space: SearchSpace, codes: Codes, readings: Floats, outliers: Bools) -> tuple[Codes, Floats, Bools]:
    """Distinct architectures, sorted by group: each with r repeats, of those of its rows that are no outliers.

    An architecture that came back often counts as much as any other: where tables are not exactly additive, they must
    not bend towards it.
    """
    distinct, row = np.unique(codes, axis=0, return_inverse=True)
    repeats = np.full((len(distinct), readings.shape[1]), np.nan)
    all_off = np.zeros(len(distinct), dtype=bool)
    for i in range(len(distinct)):
        own = row.ravel() == i
        all_off[i] = outliers[own].all()
        taken = readings[own & (~outliers | all_off[i])]
        if len(taken) == 1:
            repeats[i] = taken[0]
        else:
            levels = (np.arange(readings.shape[1]) + 0.5) / readings.shape[1]
            repeats[i] = np.quantile(taken[np.isfinite(taken)], levels)
    order = np.argsort(space.groups(distinct), kind="stable")
    return distinct[order], repeats[order], all_off[order]


def _fit(space: SearchSpace, codes: Codes, middle: Floats, level_errors: Sequence[float]) -> HardwareFit:
    """Effects of bias on a layer's cost are shrunk: few rows do not tell them, and tables that ship say how large."""
    counts, signed, width = counts_of(space, codes), signed_bias(space, codes), codes[:, EMBED_DIM]
    fits = []
    for i in range(len(space.embed_dim)):
        own = width == i
        plain, rich = designs(counts[own], signed[own])
        spread = np.full(rich.shape[1], np.inf)
        moves = np.abs(rich[:, plain.shape[1] :]).mean(axis=0) / middle[own].mean()  # a sum, relatively
        spread[plain.shape[1] :] = BY_BIAS / np.where(moves > 0, moves, np.inf)
        fits.append(shrunk_regression(rich, middle[own], np.maximum(spread, 1e-300)))
    return tables_of_widths(space, fits, level_errors, np.zeros(len(codes)))


def _states(log_ratio: Floats) -> Floats:
    """``[k]``; factors by which the device's state moves one new measurement, 1 in the middle.

    A new measurement meets the device in any of the states of the campaign: tables are corrected for them, and the
    distribution around the tables has them.
    """
    if not log_ratio.any():
        return np.ones(1)
    quantiles = np.quantile(log_ratio, (np.arange(STATES) + 0.5) / STATES)
    states: Floats = np.exp(quantiles - quantiles[STATES // 2])
    return states


def _facts(measured: Measurements, drift: Drift, used: Bools) -> dict[str, Any]:
    """What moved the measurements, for a manifest; percentages of the usual."""
    inside = np.zeros(len(used), dtype=bool)
    for episode in drift.episodes:
        inside |= (measured.campaign_index >= episode.first) & (measured.campaign_index <= episode.last)
    calm = drift.log_ratio[used & ~inside]
    low, high = (calm.min(), calm.max()) if len(calm) else (0.0, 0.0)
    return {
        "references": drift.n_references,
        "slow_percent": [round(100 * float(np.expm1(end)), 2) for end in (low, high)],
        "episodes": [episode.facts for episode in drift.episodes],
        "outliers": measured.campaign_index[drift.outliers].tolist(),
        "level_error_percent": round(100 * drift.level_error, 3),
    }


def _among(codes: Codes, others: Codes) -> Bools:
    """``[n]``; whether an architecture is one of others."""
    known = {code.tobytes() for code in np.ascontiguousarray(others)}
    return np.array([code.tobytes() in known for code in np.ascontiguousarray(codes)], dtype=bool)
