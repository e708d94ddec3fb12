"""Ridge regression of per-layer effects that depend on the layer's position.

Quality is fitted so, and energies that depend on the order of layers. Penalties express that neighbouring layers have
similar effects and that bias changes little; the data override them where they can.
"""

from dataclasses import dataclass, replace

import numpy as np

from hwbench_mo.fitting import terms as extra_terms
from hwbench_mo.fitting.terms import Terms, contrasts, spread
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, FIRST_SLOT
from hwbench_mo.typing import Bools, Codes, Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Penalty:
    """Ridge penalty on the effects of one choice of mlp_ratio or n_head, one effect for each layer position.

    The penalty is the sum of three terms. For noise of variance s^2, weight p is a Gaussian prior of variance s^2 / p.

    Parameters
    ----------
    own
        Weight of each effect's squared distance from the mean over positions.
    mean
        Weight of the squared mean over positions, once for each position.
    neighbours
        Weight of the squared difference between the effects of neighbouring positions.
    """

    own: float
    mean: float
    neighbours: float


PLAIN = Terms()
"""Entries for each layer alone."""
BIAS_SHRINKAGE = 10.0
"""Penalty on interactions with bias, as a multiple of the penalty on the effects themselves."""
FREE = 1e-8
"""Penalty on intercepts, and effects of depth and bias: just enough to keep the system regular."""
N_DRAWS = 40
"""Draws of the tables from their posterior, which determine standard errors to 11 %."""


@dataclass(frozen=True, eq=False)
class PositionRidge:
    """Ridge regressions on one design matrix, one for each width."""

    space: SearchSpace
    width: Ints
    """``[n]``; embed_dim, by index."""
    x: Floats
    """``[n, p]``; see `_design`."""
    terms: Terms

    @staticmethod
    def of(space: SearchSpace, codes: Codes, terms: Terms = PLAIN) -> "PositionRidge":
        """For architectures ``[n, d]``, with what ``terms`` add."""
        return PositionRidge(space, codes[:, EMBED_DIM], _design(space, codes, terms), terms)

    def take(self, rows: Bools) -> "PositionRidge":
        """The same for the rows of a mask."""
        return replace(self, width=self.width[rows], x=self.x[rows])

    def fit(self, y: Floats, penalty: Penalty) -> Floats:
        """``[e, p]``; coefficients from the rows in which ``y`` ``[n]`` is known; 0 for widths without such rows."""
        coefficients = np.zeros((len(self.space.embed_dim), self.x.shape[1]))
        matrix = _penalty_matrix(self.space, penalty, self.terms)
        for e in range(len(coefficients)):
            rows = (self.width == e) & np.isfinite(y)
            if rows.any():
                x = self.x[rows]
                coefficients[e] = np.linalg.solve(x.T @ x + matrix, x.T @ y[rows])
        return coefficients

    def apply(self, coefficients: Floats) -> Floats:
        """``[n]``; the values that coefficients ``[e, p]`` give."""
        answer: Floats = np.einsum("np,np->n", self.x, coefficients[self.width])
        return answer

    def draws(self, residuals: Floats, penalty: Penalty) -> Floats:
        """``[e, p, r]``; r draws of the coefficients' deviations, scaled so that their squares add up to the variance.

        For Gaussian noise of variance s^2 the penalty is a Gaussian prior, and the covariance of the posterior is
        s^2 (X^T X + penalty)^-1. The residuals give s^2, with the effective number of coefficients taken off.
        """
        n_columns = self.x.shape[1]
        matrix = _penalty_matrix(self.space, penalty, self.terms)
        normal = np.random.default_rng(0).standard_normal((n_columns, N_DRAWS)) / np.sqrt(N_DRAWS)
        draws = np.zeros((len(self.space.embed_dim), n_columns, N_DRAWS))
        for e in range(len(draws)):
            rows = (self.width == e) & np.isfinite(residuals)
            gram = self.x[rows].T @ self.x[rows]
            effective = np.trace(np.linalg.solve(gram + matrix, gram))
            variance = (residuals[rows] ** 2).sum() / max(rows.sum() - effective, 1.0)
            factor = np.linalg.cholesky(gram + matrix)
            draws[e] = np.sqrt(variance) * np.linalg.solve(factor.T, normal)
        return draws


def _design(space: SearchSpace, codes: Codes, terms: Terms) -> Floats:
    """``[n, p]``; regressors: intercept and depth, the choices of each layer, all of these times bias; then the terms.

    Choices are coded as contrasts that add up to 0 over the choices. An absent layer, whose contrasts are all 0, counts
    as an average layer, and the effect of depth is in the regressors of depth alone.
    """
    bias = np.array(space.bias, dtype=np.float64)[codes[:, BIAS]] - 0.5
    depth = [(codes[:, 1] == level).astype(np.float64) for level in range(1, len(space.n_layer))]
    shared = [np.ones(len(codes)), *depth]
    active = space.active_slots(codes)
    slots = [
        contrasts(codes[:, gene], active[:, (gene - FIRST_SLOT) % space.n_slots], int(space.n_choices[gene]))
        for gene in range(FIRST_SLOT, space.n_genes)
    ]
    main = np.concatenate([np.stack(shared, axis=1), *slots], axis=1)
    return np.concatenate([main, main * bias[:, None], extra_terms.design(space, codes, terms)], axis=1)


def _over_slots(n_slots: int, penalty: Penalty) -> Floats:
    average = np.full((n_slots, n_slots), 1.0 / max(n_slots, 1))
    differences = np.diff(np.eye(n_slots), axis=0)
    matrix: Floats = (
        penalty.own * (np.eye(n_slots) - average)
        + penalty.mean * average
        + penalty.neighbours * differences.T @ differences
    )
    return matrix


def _penalty_matrix(space: SearchSpace, penalty: Penalty, terms: Terms) -> Floats:
    """``[p, p]``; see `Penalty`."""
    over_slots = _over_slots(space.n_slots, penalty)
    blocks: list[Floats] = []
    for factor in (1.0, BIAS_SHRINKAGE):
        blocks.append(FREE * np.eye(len(space.n_layer)))
        for n_choices in (len(space.mlp_ratio), len(space.n_head)):
            blocks.append(factor * extra_terms.over(over_slots, n_choices - 1))
    blocks += extra_terms.penalties(space, terms, over_slots, _over_slots(space.n_slots - 1, penalty))
    matrix = np.zeros((sum(map(len, blocks)),) * 2)
    start = 0
    for block in blocks:
        end = start + len(block)
        matrix[start:end, start:end] = block
        start = end
    return matrix


def _n_main(space: SearchSpace) -> int:
    """Number of columns before those that are times bias."""
    return len(space.n_layer) + space.n_slots * (len(space.mlp_ratio) + len(space.n_head) - 2)


def tables_of(space: SearchSpace, coefficients: Floats, terms: Terms = PLAIN) -> dict[str, Floats]:
    """Coefficients ``[e, p, r]`` as r sets of tables, by name: the inverse of `_design`."""
    half = _n_main(space)
    signed = (np.array(space.bias, dtype=np.float64) - 0.5)[None, :, None, None]
    by_bias = coefficients[:, None, :half] + signed * coefficients[:, None, half : 2 * half]  # e, b, p, r
    e, b, _, r = by_bias.shape
    n_depths = len(space.n_layer)
    base = by_bias[:, :, :1] + np.concatenate([np.zeros((e, b, 1, r)), by_bias[:, :, 1:n_depths]], axis=2)
    n_mlp = space.n_slots * (len(space.mlp_ratio) - 1)

    def entries(block: Floats, n_choices: int) -> Floats:
        return spread(block.reshape(e, b, space.n_slots, n_choices - 1, r), 3)

    return {
        "base": base,
        "mlp": entries(by_bias[:, :, n_depths : n_depths + n_mlp], len(space.mlp_ratio)),
        "head": entries(by_bias[:, :, n_depths + n_mlp :], len(space.n_head)),
        **extra_terms.tables(space, coefficients[:, 2 * half :], terms),
    }
