"""Fits latency, energy and memory: within one width, linear in how many layers take each choice.

The campaign's drift is estimated together with the tables and taken out (`hwbench_mo.fitting.campaign`), so that the
tables describe the architecture. A layer's cost depends on bias where that predicts held-out rows better. More heads or
a wider MLP never cost less, unless the data contradict it beyond doubt.
"""

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, pairwise

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.fitting.campaign import estimate_drift, neutral_level_error
from hwbench_mo.fitting.positions import Penalty, PositionRidge, tables_of
from hwbench_mo.fitting.regression import HuberFit, enforce, huber_loss, huber_regression, is_determined
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.typing import Codes, Floats, Ints

ROUNDS = 3
"""How often drift and tables are fitted in turn."""
Z_OPEN = 3.0
"""A larger layer may come out cheaper by this many standard errors before the data count as a contradiction."""
ORDER = Penalty(own=1.0, mean=1.0, neighbours=3.0)
"""Penalty on effects of the order of layers, chosen by the held-out score of energy@p100 on gpt_m and gpt_l."""
CLIPPED = 6.0
"""Residuals are clipped at this many standard deviations before the effects of order are fitted."""
LEAST = 1e-3
"""Lower bound of measured / expected: logarithms of failed fits stay finite."""


@dataclass(frozen=True, eq=False)
class HardwareFit:
    """The tables of one target, their standard errors, and what was decided on the way."""

    model: AdditiveModel
    error: TableError
    drift: Floats
    """``[n]``; log of the campaign's part in each measured median, 0 on average within a width."""
    by_bias: tuple[bool, ...]
    """``[e]``; whether a layer's cost depends on bias."""
    cheaper: tuple[str, ...]
    """Steps to more heads or a wider MLP that cost less according to the data."""
    level_with: tuple[str, ...]
    """Steps that would have come out cheaper within the error of the data, and were held to cost 0."""


def refuse_dependent(space: SearchSpace, codes: Codes) -> None:
    """Raise `InputError` unless the cost of every choice can be told from architectures ``[n, d]``, width by width."""
    counts, signed, width = _counts(space, codes), _signed_bias(space, codes), codes[:, EMBED_DIM]
    for i, embed_dim in enumerate(space.embed_dim):
        x = _designs(counts[width == i], signed[width == i])[1]
        if not is_determined(x):
            raise InputError(
                f"{space.name}: {len(x)} architectures of embed_dim {embed_dim} are too few or too alike to tell what "
                f"each choice costs; measure more of them, with every n_layer, mlp_ratio, n_head and bias"
            )


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
    e, b = len(space.embed_dim), len(space.bias)
    counts = _counts(space, codes)
    signed = _signed_bias(space, codes)
    width = codes[:, EMBED_DIM]
    drift = np.zeros(len(centre))
    fits: dict[int, HuberFit] = {}
    for _ in range(ROUNDS):
        expected = np.empty(len(centre))
        for i in range(e):
            rows = width == i
            fits[i] = _fit_width(counts[rows], signed[rows], centre[rows] * np.exp(-drift[rows]))
            expected[rows] = fits[i].x @ fits[i].coefficients
        log_ratio = np.log(np.maximum(centre / np.maximum(expected, LEAST * centre.min()), LEAST))
        drift = estimate_drift(campaign_index, width, log_ratio)
    n_ratios, n_heads = len(space.mlp_ratio), len(space.n_head)
    base = np.zeros((e, b, len(space.n_layer)))
    mlp = np.zeros((e, b, 1, n_ratios))
    head = np.zeros((e, b, 1, n_heads))
    n_errors = counts.shape[1] + 2
    errors = {"base": np.zeros((*base.shape, n_errors)), "mlp": np.zeros((*mlp.shape, n_errors))}
    errors["head"] = np.zeros((*head.shape, n_errors))
    cheaper: list[str] = []
    level_with: list[str] = []
    for i in range(e):
        rows = width == i
        level = neutral_level_error(campaign_index[rows], log_ratio[rows])
        for j in range(b):
            share = _of_bias(fits[i], counts.shape[1], signed=float(space.bias[j]) - 0.5)
            covariance = share @ fits[i].covariance @ share.T
            held = enforce(share @ fits[i].coefficients, covariance, _growth(space), z_open=Z_OPEN)
            names = [f"{name}, embed_dim {space.embed_dim[i]}, bias {space.bias[j]}" for name in _growth_names(space)]
            cheaper += [name for name, bad in zip(names, held.refuted, strict=True) if bad]
            level_with += [name for name, active in zip(names, held.active, strict=True) if active]
            own = held.coefficients
            base[i, j], mlp[i, j, 0], head[i, j, 0, 1:] = own[0], own[1 : 1 + n_ratios], own[1 + n_ratios :]
            factor = _square_root(covariance)
            errors["base"][i, j, :, :-1] = factor[0]
            errors["mlp"][i, j, 0, :, :-1] = factor[1 : 1 + n_ratios]
            errors["head"][i, j, 0, 1:, :-1] = factor[1 + n_ratios :]
            # An error of the neutral level moves every sum in proportion.
            for name, table in (("base", base), ("mlp", mlp), ("head", head)):
                errors[name][i, j, ..., -1] = level * table[i, j]
    by_bias = tuple(fits[i].x.shape[1] > counts.shape[1] + 2 for i in range(e))
    return HardwareFit(
        AdditiveModel(base=base, mlp=mlp, head=head),
        TableError(**errors),
        drift,
        by_bias,
        tuple(cheaper),
        tuple(level_with),
    )


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


def _counts(space: SearchSpace, codes: Codes) -> Floats:
    """``[n, p]``; how many layers take each choice, without the column of the smallest n_head.

    Counts of mlp_ratio and of n_head both add up to n_layer, and would be collinear. Without that column, the entries
    of mlp_ratio hold the cost of a layer with the smallest n_head, and those of n_head the cost of further heads.
    """
    return np.delete(space.counts_as_floats(codes), len(space.mlp_ratio), axis=1)


def _signed_bias(space: SearchSpace, codes: Codes) -> Floats:
    return np.array(space.bias, dtype=np.float64)[codes[:, BIAS]] - 0.5


def _designs(counts: Floats, signed: Floats) -> tuple[Floats, Floats]:
    """Regressors without and with effects of bias on a layer's cost: 1, counts, bias [, bias * counts]."""
    ones = np.ones((len(counts), 1))
    bias = signed[:, None] if np.ptp(signed) > 0 else np.empty((len(counts), 0))
    shared = np.concatenate([ones, counts, bias], axis=1)
    return shared, np.concatenate([shared, bias * counts], axis=1)


def _fit_width(counts: Floats, signed: Floats, y: Floats) -> HuberFit:
    """With or without effects of bias on a layer's cost, whichever predicts held-out rows better."""
    shared, by_bias = (huber_regression(x, y) for x in _designs(counts, signed))
    scale = by_bias.scale
    if scale == 0 or by_bias.x.shape == shared.x.shape:
        return by_bias
    return by_bias if huber_loss(by_bias.left_out(), scale) < huber_loss(shared.left_out(), scale) else shared


def _of_bias(fit: HuberFit, n_counts: int, *, signed: float) -> Floats:
    """``[1 + counts, p]``; the matrix from a width's coefficients to those of one choice of bias."""
    share = np.eye(1 + n_counts, fit.x.shape[1])
    if fit.x.shape[1] > 1 + n_counts:
        share[0, 1 + n_counts] = signed
    if fit.x.shape[1] > 2 + n_counts:
        share[1:, 2 + n_counts :] = signed * np.eye(n_counts)
    return share


def _growth(space: SearchSpace) -> Floats:
    """``[q, p]``; cost of each choice minus that of the next smaller one, which physics does not let be negative."""
    n_ratios, n_heads = len(space.mlp_ratio), len(space.n_head)
    growth = np.zeros((n_ratios + n_heads - 2, n_ratios + n_heads))
    for c in range(1, n_ratios):
        growth[c - 1, [c, c + 1]] = -1, 1
    for c in range(1, n_heads):
        growth[n_ratios + c - 2, n_ratios + c] = 1
        if c > 1:
            growth[n_ratios + c - 2, n_ratios + c - 1] = -1
    return growth


def _growth_names(space: SearchSpace) -> list[str]:
    pairs = [("mlp_ratio", space.mlp_ratio), ("n_head", space.n_head)]
    return [f"{name} {large} against {small}" for name, choices in pairs for small, large in pairwise(choices)]


def _square_root(covariance: Floats) -> Floats:
    """``[p, p]``; F with F F^T = covariance, which may be singular."""
    values, vectors = np.linalg.eigh(covariance)
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def interaction_gain(space: SearchSpace, codes: Codes, centre: Floats, drift: Floats) -> float | None:
    """The share of the held-out error that products of counts would remove: 0.01 is one hundredth.

    The tables stay additive for the sake of the exact Pareto front; the gain is the price. None where the architectures
    are too few or too alike to fit products.
    """
    counts, signed, width = _counts(space, codes), _signed_bias(space, codes), codes[:, EMBED_DIM]
    losses = np.zeros(2)
    for i in range(len(space.embed_dim)):
        rows = width == i
        y = centre[rows] * np.exp(-drift[rows])
        plain = _fit_width(counts[rows], signed[rows], y)
        middle = counts[rows] - counts[rows].mean(axis=0)
        pairs = combinations_with_replacement(range(counts.shape[1]), 2)
        products = np.stack([middle[:, a] * middle[:, b] for a, b in pairs], axis=1)
        x = np.concatenate([plain.x, products], axis=1)
        if not is_determined(x):
            return None
        richer = huber_regression(x, y)
        losses += [huber_loss(fit.left_out(), plain.scale) * rows.sum() for fit in (plain, richer)]
    return float(1 - losses[1] / losses[0])
