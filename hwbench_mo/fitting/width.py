"""The tables of one hardware target, from a robust regression within each width on how many layers take each choice.

A layer's cost depends on bias where that predicts held-out rows better. More heads or a wider MLP never cost less,
unless the data contradict it beyond doubt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.fitting.regression import HuberFit, enforce, huber_loss, huber_regression, is_determined
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.typing import Codes, Floats

Z_OPEN = 3.0
"""A larger layer may come out cheaper by this many standard errors before the data count as a contradiction."""


class WidthFit(Protocol):
    """The fit of one width: `HuberFit` is one, and `ShrunkFit` another."""

    @property
    def x(self) -> Floats:
        """``[n, p]``; see `designs`."""
        ...

    @property
    def coefficients(self) -> Floats:
        """``[p]``."""
        ...

    @property
    def covariance(self) -> Floats:
        """``[p, p]``; of the coefficients."""
        ...


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


def refuse_dependent(space: SearchSpace, codes: Codes, *, by_bias: bool = True) -> None:
    """Raise `InputError` unless the cost of every choice can be told from architectures ``[n, d]``, width by width;
    that of every choice with every bias, if so asked."""
    counts, signed, width = counts_of(space, codes), signed_bias(space, codes), codes[:, EMBED_DIM]
    for i, embed_dim in enumerate(space.embed_dim):
        x = designs(counts[width == i], signed[width == i])[int(by_bias)]
        if not is_determined(x):
            raise InputError(
                f"{space.name}: {len(x)} architectures of embed_dim {embed_dim} are too few or too alike to tell what "
                f"each choice costs; measure more of them, with every n_layer, mlp_ratio, n_head and bias"
            )


def tables_of_widths(
    space: SearchSpace, fits: Sequence[WidthFit], levels: Sequence[float], drift: Floats
) -> HardwareFit:
    """The tables of one target from the fit of each width.

    Parameters
    ----------
    levels
        Relative standard error of each width's level, beyond what residuals tell: of the drift that was taken out.
    drift
        ``[n]``; what is kept of it with the fit.
    """
    e, b, n_counts = len(space.embed_dim), len(space.bias), len(space.mlp_ratio) + len(space.n_head) - 1
    n_ratios, n_heads = len(space.mlp_ratio), len(space.n_head)
    base = np.zeros((e, b, len(space.n_layer)))
    mlp = np.zeros((e, b, 1, n_ratios))
    head = np.zeros((e, b, 1, n_heads))
    n_errors = n_counts + 2
    errors = {"base": np.zeros((*base.shape, n_errors)), "mlp": np.zeros((*mlp.shape, n_errors))}
    errors["head"] = np.zeros((*head.shape, n_errors))
    cheaper: list[str] = []
    level_with: list[str] = []
    for i in range(e):
        for j in range(b):
            share = _of_bias(fits[i], n_counts, signed=float(space.bias[j]) - 0.5)
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
                errors[name][i, j, ..., -1] = levels[i] * table[i, j]
    by_bias = tuple(fits[i].x.shape[1] > n_counts + 2 for i in range(e))
    return HardwareFit(
        AdditiveModel(base=base, mlp=mlp, head=head),
        TableError(**errors),
        drift,
        by_bias,
        tuple(cheaper),
        tuple(level_with),
    )


def counts_of(space: SearchSpace, codes: Codes) -> Floats:
    """``[n, p]``; how many layers take each choice, without the column of the smallest n_head.

    Counts of mlp_ratio and of n_head both add up to n_layer, and would be collinear. Without that column, the entries
    of mlp_ratio hold the cost of a layer with the smallest n_head, and those of n_head the cost of further heads.
    """
    return np.delete(space.counts_as_floats(codes), len(space.mlp_ratio), axis=1)


def signed_bias(space: SearchSpace, codes: Codes) -> Floats:
    """``[n]``; bias as -1/2 and 1/2."""
    return np.array(space.bias, dtype=np.float64)[codes[:, BIAS]] - 0.5


def designs(counts: Floats, signed: Floats) -> tuple[Floats, Floats]:
    """Regressors without and with effects of bias on a layer's cost: 1, counts, bias [, bias * counts]."""
    ones = np.ones((len(counts), 1))
    bias = signed[:, None] if np.ptp(signed) > 0 else np.empty((len(counts), 0))
    shared = np.concatenate([ones, counts, bias], axis=1)
    return shared, np.concatenate([shared, bias * counts], axis=1)


def fit_width(counts: Floats, signed: Floats, y: Floats) -> HuberFit:
    """With or without effects of bias on a layer's cost, whichever predicts held-out rows better.

    Without, if rows are too few to tell.
    """
    plain, rich = designs(counts, signed)
    if not is_determined(rich):
        return huber_regression(plain, y)
    shared, by_bias = huber_regression(plain, y), huber_regression(rich, y)
    scale = by_bias.scale
    if scale == 0 or by_bias.x.shape == shared.x.shape:
        return by_bias
    return by_bias if huber_loss(by_bias.left_out(), scale) < huber_loss(shared.left_out(), scale) else shared


def _of_bias(fit: WidthFit, n_counts: int, *, signed: float) -> Floats:
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
