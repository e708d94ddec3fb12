"""Fits latency, energy and memory: within one width, linear in how many layers take each choice.

The campaign's drift is estimated together with the tables and taken out (`hwbench_mo.fitting.campaign`), so that the
tables describe the architecture. A layer's cost depends on bias where that predicts held-out rows better. More heads or
a wider MLP never cost less, unless the data contradict it beyond doubt.
"""

from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np

from hwbench_mo.fitting.campaign import estimate_drift, neutral_level_error
from hwbench_mo.fitting.positions import Penalty, PositionRidge, tables_of
from hwbench_mo.fitting.regression import HuberFit, huber_loss, huber_regression, is_determined
from hwbench_mo.fitting.width import HardwareFit, counts_of, fit_width, signed_bias, tables_of_widths
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.typing import Codes, Floats, Ints

ROUNDS = 3
"""How often drift and tables are fitted in turn."""
ORDER = Penalty(own=1.0, mean=1.0, neighbours=3.0)
"""Penalty on effects of the order of layers, chosen by the held-out score of energy@p100 on gpt_m and gpt_l."""
CLIPPED = 6.0
"""Residuals are clipped at this many standard deviations before the effects of order are fitted."""
LEAST = 1e-3
"""Lower bound of measured / expected: logarithms of failed fits stay finite."""


def fit_hardware(space: SearchSpace, codes: Codes, centre: Floats, campaign_index: Ints) -> HardwareFit:
    """Position-free tables of one target, robust against outliers and drifting nodes.

    Parameters
    ----------
    codes
        ``[n, d]``, canonical.
    centre
        ``[n]``; the median measurement of each architecture, positive.
    campaign_index
        ``[n]``; the order in which the architectures were measured.
    """
    e = len(space.embed_dim)
    counts = counts_of(space, codes)
    signed = signed_bias(space, codes)
    width = codes[:, EMBED_DIM]
    drift = np.zeros(len(centre))
    fits: list[HuberFit] = []
    for _ in range(ROUNDS):
        expected = np.empty(len(centre))
        fits = []
        for i in range(e):
            rows = width == i
            fits.append(fit_width(counts[rows], signed[rows], centre[rows] * np.exp(-drift[rows])))
            expected[rows] = fits[i].x @ fits[i].coefficients
        log_ratio = np.log(np.maximum(centre / np.maximum(expected, LEAST * centre.min()), LEAST))
        drift = estimate_drift(campaign_index, width, log_ratio)
    levels = [neutral_level_error(campaign_index[width == i], log_ratio[width == i]) for i in range(e)]
    return tables_of_widths(space, fits, levels, drift)


def add_order(space: SearchSpace, codes: Codes, centre: Floats, fit: HardwareFit, fitter: PositionRidge) -> HardwareFit:
    """The same fit with effects of the order of layers added.

    The order of layers does not matter to hardware, but to some energies. Energy is power times duration, and power is
    read once while the architecture runs: the energy depends on which layer runs at that moment.

    Parameters
    ----------
    codes, centre
        The data of ``fit``.
    fitter
        The ridge regression of the same codes.
    """
    expected = Kernel(space, [fit.model])(codes)[:, 0]
    width = codes[:, EMBED_DIM]
    sizes = np.array([expected[width == i].mean() for i in range(len(space.embed_dim))])
    residuals = (centre * np.exp(-fit.drift) - expected) / sizes[width]
    for i in range(len(sizes)):
        own = width == i
        bound = CLIPPED * 1.4826 * np.median(np.abs(residuals[own]))
        residuals[own] = np.clip(residuals[own], -bound, bound)
    coefficients = fitter.fit(residuals, ORDER)
    draws = fitter.draws(residuals - fitter.apply(coefficients), ORDER)
    stacks = tables_of(space, np.concatenate([coefficients[..., None], draws], axis=2))
    tables, errors = {}, {}
    for name, stack in stacks.items():
        scaled = stack * sizes.reshape(-1, *(1,) * (stack.ndim - 1))
        tables[name] = getattr(fit.model, name) + scaled[..., 0]
        before = getattr(fit.error, name)
        errors[name] = np.concatenate(
            [np.broadcast_to(before, (*scaled.shape[:-1], before.shape[-1])), scaled[..., 1:]], axis=-1
        )
    model = AdditiveModel(base=tables["base"], mlp=tables["mlp"], head=tables["head"])
    return replace(fit, model=model, error=TableError(**errors))


def interaction_gain(space: SearchSpace, codes: Codes, centre: Floats, drift: Floats) -> float | None:
    """The share of the held-out error that products of counts would remove: 0.01 is one hundredth.

    The tables stay additive for the sake of the exact Pareto front; the gain is the price. None where the architectures
    are too few or too alike to fit products.
    """
    counts, signed, width = counts_of(space, codes), signed_bias(space, codes), codes[:, EMBED_DIM]
    losses = np.zeros(2)
    for i in range(len(space.embed_dim)):
        rows = width == i
        y = centre[rows] * np.exp(-drift[rows])
        plain = fit_width(counts[rows], signed[rows], y)
        middle = counts[rows] - counts[rows].mean(axis=0)
        pairs = combinations_with_replacement(range(counts.shape[1]), 2)
        products = np.stack([middle[:, a] * middle[:, b] for a, b in pairs], axis=1)
        x = np.concatenate([plain.x, products], axis=1)
        if not is_determined(x):
            return None
        richer = huber_regression(x, y)
        losses += [huber_loss(fit.left_out(), plain.scale) * rows.sum() for fit in (plain, richer)]
    return float(1 - losses[1] / losses[0])
