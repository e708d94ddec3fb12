"""Fits the distribution of one new measurement around sums of tables that were fitted to other rows.

Ratios of measurement to sum are pooled over architectures. Their quantiles include the noise of repeats and the states
of the campaign's nodes, may be skewed and have several modes, and are never below 0. Every sum comes from tables that
were fitted without the row, so that quantiles have their nominal coverage on new rows (cross-conformal prediction;
Vovk, 2015). Held-out rows choose how finely to pool: by width, or by width and bias; all at once, or along the sum.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hwbench_mo.surrogates.curve import Curve
from hwbench_mo.surrogates.quantiles import LEVELS, MEDIAN, QuantileTable
from hwbench_mo.typing import Bools, Floats, Ints

KNOTS = (4, 8)
"""Numbers of knots along the sum that are tried, besides one."""
LEAST_ROWS = 100
"""Architectures that the quantiles of a knot need at least."""
WORTH = 1e-3
"""Several knots are used if they lower the score by this share at least."""
SCORED = np.linspace(0.05, 0.95, 19)
"""Levels of the quantiles that are scored."""
MOST_REPEATS = 10
"""Repeats of each architecture that choose the form; the final quantiles use all of them."""


class Form(NamedTuple):
    """How ratios are pooled."""

    by_bias: bool
    n_knots: int


@dataclass(frozen=True, eq=False)
class Distribution:
    """The map from sums of tables to medians, and the noise around the medians."""

    form: Form
    factors: Floats
    """``[e, b]``; median / sum where there is no curve."""
    curve: Curve | None
    noise: QuantileTable

    def medians(self, sums: Floats, e: Ints, b: Ints) -> Floats:
        """``[n]``; medians of architectures with given sums, widths and biases."""
        return sums * self.factors[e, b] if self.curve is None else self.curve(sums, e, b)


def fit_distribution(sums: Floats, repeats: Floats, e: Ints, b: Ints, *, may_bend: bool) -> Distribution:
    """The distribution of a target.

    Parameters
    ----------
    sums
        ``[n]``; positive sums of tables that were fitted without the row.
    repeats
        ``[n, r]``; measurements, NaN where one is missing.
    e, b
        ``[n]``; embed_dim and bias of each architecture, by index.
    may_bend
        Whether medians may be a curve over sums, instead of proportional to them.
    """
    shape = int(e.max()) + 1, int(b.max()) + 1
    forms = [Form(by_bias, 1) for by_bias in (False, True)[: shape[1]]]
    smallest = np.bincount(e * shape[1] + b).min()
    if may_bend:
        forms += [Form(form.by_bias, n) for form in forms for n in KNOTS if smallest >= n * LEAST_ROWS]
    taken = repeats[:, np.isfinite(repeats).any(axis=0)]
    shown = taken[:, :: -(-taken.shape[1] // MOST_REPEATS)]
    half = np.arange(len(sums)) % 2 == 0
    scores = {}
    for form in forms:
        scores[form] = 0.0
        for train in (half, ~half):
            fitted = _fit(form, sums[train], shown[train], e[train], b[train], shape)
            scores[form] += total_crps(fitted, sums[~train], shown[~train], e[~train], b[~train])
    plain = min((form for form in forms if form.n_knots == 1), key=scores.__getitem__)
    best = min(forms, key=scores.__getitem__)
    chosen = best if scores[best] < (1 - WORTH) * scores[plain] else plain
    return _fit(chosen, sums, repeats, e, b, shape)


def _fit(form: Form, sums: Floats, repeats: Floats, e: Ints, b: Ints, shape: tuple[int, int]) -> Distribution:
    knots = np.empty((*shape, form.n_knots))
    ratios = np.empty((*shape, form.n_knots, len(LEVELS)))
    for i in range(shape[0]):
        for j in range(shape[1]) if form.by_bias else [0]:
            rows = (e == i) & ((b == j) | (not form.by_bias))
            place = (i, j) if form.by_bias else i
            knots[place], ratios[place] = _quantiles_along(sums[rows], repeats[rows] / sums[rows, None], form.n_knots)
    factors = ratios[..., MEDIAN]
    relative = (ratios / factors[..., None]).reshape(-1, form.n_knots, len(LEVELS))
    if form.n_knots == 1:
        return Distribution(form, factors[..., 0], None, QuantileTable(relative, LEVELS))
    images = _ascending(knots * factors)
    noise = QuantileTable(relative, LEVELS, images.reshape(-1, form.n_knots))
    return Distribution(form, np.ones(shape), Curve(knots, images), noise)


def _quantiles_along(sums: Floats, ratios: Floats, n_knots: int) -> tuple[Floats, Floats]:
    """Knots ``[j]``, equally many architectures apart, and quantiles ``[j, k]`` of the ratios around each."""
    edges = np.quantile(sums, np.clip((np.arange(n_knots + 2) - 0.5) / n_knots, 0, 1))
    knots = _ascending(edges[1:-1])
    quantiles = []
    for j in range(n_knots):
        near: Bools = np.ones(len(sums), dtype=bool)
        if j > 0:
            near &= sums >= edges[j]
        if j < n_knots - 1:
            near &= sums <= edges[j + 2]
        pooled = ratios[near]
        quantiles.append(np.quantile(pooled[np.isfinite(pooled)], LEVELS))
    return knots, np.stack(quantiles)


def _ascending(values: Floats) -> Floats:
    """The least strictly ascending values above ``values`` ``[..., j]``, at least a billionth apart."""
    steps = 1 + 1e-9 * np.arange(values.shape[-1])
    ascending: Floats = np.maximum.accumulate(values / steps, axis=-1) * steps
    return ascending


def total_crps(fitted: Distribution, sums: Floats, repeats: Floats, e: Ints, b: Ints) -> float:
    """Continuous ranked probability score over `SCORED`, summed over architectures, over the mean measurement."""
    medians = fitted.medians(sums, e, b)
    groups = e * fitted.factors.shape[1] + b
    quantiles = fitted.noise.quantile(groups, medians, SCORED)
    error = repeats[:, :, None] - quantiles[:, None]
    loss = np.maximum(SCORED * error, (SCORED - 1) * error)
    return float(np.nansum(loss) / np.nanmean(repeats))
