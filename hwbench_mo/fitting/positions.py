"""Ridge regression of what a layer adds by its position: the fits of quality, and of energies that depend on order.

Effects of neighbouring layers are alike, and those of bias are small: penalties hold them to that as far as data leaves
it open.
"""

from dataclasses import dataclass, replace

import numpy as np

from hwbench_mo.fitting import terms as more
from hwbench_mo.fitting.terms import Terms, contrasts, spread
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, FIRST_SLOT
from hwbench_mo.typing import Bools, Codes, Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Penalty:
    """Of the effects u of one kind over positions: own (u - mean)^2 + mean mean^2 + neighbours (u_s - u_s+1)^2, summed.

    With noise of variance s^2 a penalty p is a prior of variance s^2 / p.
    """

    own: float
    mean: float
    neighbours: float


PLAIN = Terms()
"""Entries for each layer alone."""
BIAS_SHRINKAGE = 10.0
"""Penalty of what depends on bias, as a multiple of the penalty of what does not."""
FREE = 1e-8
"""Penalty of what width, depth and bias do as a whole: a trace that keeps the system regular."""
N_DRAWS = 40
"""Draws of the tables from their posterior: a standard error is known to 11 % of itself."""


@dataclass(frozen=True, eq=False)
class PositionRidge:
    """Ridge regressions on one design, each width by itself."""

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
        """``[e, p]``; coefficients from the rows in which ``y`` ``[n]`` is known; 0 where no row is."""
        coefficients = np.zeros((len(self.space.embed_dim), self.x.shape[1]))
        matrix = _penalty_matrix(self.space, penalty, self.terms)
        for e in range(len(coefficients)):
            rows = (self.width == e) & np.isfinite(y)
            if rows.any():
                x = self.x[rows]
                coefficients[e] = np.linalg.solve(x.T @ x + matrix, x.T @ y[rows])
        return coefficients

    def apply(self, coefficients: Floats) -> Floats:
        """``[n]``; what coefficients ``[e, p]`` say."""
        answer: Floats = np.einsum("np,np->n", self.x, coefficients[self.width])
        return answer

    def draws(self, residuals: Floats, penalty: Penalty) -> Floats:
        """``[e, p, r]``; deviations of the coefficients, drawn from their posterior, scaled so that squares add up.

        With Gaussian noise of variance s^2 the penalty is a Gaussian prior, and the posterior's covariance is
        s^2 (X^T X + penalty)^-1; s^2 is that of the residuals, for the effective number of coefficients.
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
    """``[n, p]``; regressors: shared ones, layers' choices, and all of them times bias; then what terms add.

    A layer's choices are contrasts that add up to 0 over the choices, so that an absent layer (all 0) is compared with
    the average layer and the effect of depth itself stands in the shared regressors.
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
    return np.concatenate([main, main * bias[:, None], more.design(space, codes, terms)], axis=1)


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
            blocks.append(factor * more.over(over_slots, n_choices - 1))
    blocks += more.penalties(space, terms, over_slots, _over_slots(space.n_slots - 1, penalty))
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
        **more.tables(space, coefficients[:, 2 * half :], terms),
    }
