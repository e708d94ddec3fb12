"""Fits perplexity and accuracy: within one embed_dim, a sum over layers whose effects depend on the position.

For gpt_l only some 400 architectures were measured, far too few for its 144 effects of each width. The authors' network
answers for all of them: a second, noisier source, whose offset the free intercepts take up. Tables of its answers, in
which neighbouring layers are held alike, are the prior, and ridge regression moves them as far as the measured values
demand. What bias changes is shrunk ten times as strongly as what it does not change.
"""

from dataclasses import dataclass

import numpy as np

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.space import BIAS, EMBED_DIM, FIRST_SLOT
from hwbench_mo.surrogates.additive import AdditiveModel, Link
from hwbench_mo.surrogates.uncertainty import TableError
from hwbench_mo.typing import Bools, Codes, Floats


@dataclass(frozen=True, kw_only=True)
class Penalty:
    """Of the effects u of one kind over positions: own (u - mean)^2 + mean mean^2 + neighbours (u_s - u_s+1)^2, summed.

    Chosen by tenfold cross-validation on gpt_m and gpt_l; gpt_s, of which all was measured, is indifferent.
    """

    own: float
    mean: float
    neighbours: float


PRIOR = Penalty(own=1.0, mean=0.1, neighbours=20.0)
PERPLEXITY = Penalty(own=10.0, mean=10.0, neighbours=3.0)
ACCURACY = Penalty(own=0.3, mean=0.3, neighbours=3.0)
BIAS_SHRINKAGE = 10.0
"""Penalty of what depends on bias, as a multiple of the penalty of what does not."""
FREE = 1e-8
"""Penalty of what width, depth and bias do as a whole: a trace that keeps the system regular."""
N_DRAWS = 40
"""Draws of the tables from their posterior: a standard error is known to 11 % of itself."""


@dataclass(frozen=True, eq=False)
class QualityFit:
    """Tables of one target, and how well they are known."""

    model: AdditiveModel
    error: TableError


def fit_quality(
    space: SearchSpace, codes: Codes, perplexity: Floats, accuracy: Floats, perplexity_mlp: Floats
) -> dict[str, QualityFit]:
    """Tables of log(perplexity) and of accuracy.

    Parameters
    ----------
    codes
        ``[n, d]``, canonical.
    perplexity, accuracy
        ``[n]``; measured values, NaN where there are none.
    perplexity_mlp
        ``[n]``; the answers of the authors' network, NaN where there are none.
    """
    x = _design(space, codes)
    fitter = _Ridge(space, codes, x)
    prior = fitter.fit(np.log(perplexity_mlp), PRIOR)
    log_perplexity = prior + fitter.fit(np.log(perplexity) - fitter.apply(prior), PERPLEXITY)
    # Accuracy's prior is a line in log(perplexity), which explains most of it within one embed_dim.
    explained = fitter.apply(log_perplexity)
    line = np.zeros_like(log_perplexity)
    for e in range(len(space.embed_dim)):
        rows = (codes[:, EMBED_DIM] == e) & np.isfinite(accuracy)
        slope, intercept = np.polyfit(explained[rows], accuracy[rows], 1)
        line[e] = slope * log_perplexity[e]
        line[e, 0] += intercept
    tables = line + fitter.fit(accuracy - fitter.apply(line), ACCURACY)
    draws = fitter.draws(np.log(perplexity) - explained, PERPLEXITY)
    accuracy_draws = fitter.draws(accuracy - fitter.apply(tables), ACCURACY)
    return {
        "perplexity": QualityFit(_model(space, log_perplexity, link="exp"), _error(space, draws)),
        "accuracy": QualityFit(_model(space, tables, link="identity"), _error(space, accuracy_draws)),
    }


class _Ridge:
    """Ridge regressions on one design, each width by itself."""

    def __init__(self, space: SearchSpace, codes: Codes, x: Floats) -> None:
        self.space, self.width, self.x = space, codes[:, EMBED_DIM], x

    def fit(self, y: Floats, penalty: Penalty) -> Floats:
        """``[e, p]``; coefficients from the rows in which ``y`` ``[n]`` is known; 0 where no row is."""
        coefficients = np.zeros((len(self.space.embed_dim), self.x.shape[1]))
        matrix = _penalty_matrix(self.space, self.x.shape[1], penalty)
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
        matrix = _penalty_matrix(self.space, n_columns, penalty)
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


def _design(space: SearchSpace, codes: Codes) -> Floats:
    """``[n, p]``; regressors: shared ones, layers' choices, and all of them times bias.

    A layer's choices are contrasts that add up to 0 over the choices, so that an absent layer (all 0) is compared with
    the average layer and the effect of depth itself stands in the shared regressors.
    """
    bias = np.array(space.bias, dtype=np.float64)[codes[:, BIAS]] - 0.5
    depth = [(codes[:, 1] == level).astype(np.float64) for level in range(1, len(space.n_layer))]
    shared = [np.ones(len(codes)), *depth]
    active = space.active_slots(codes)
    slots = [
        _contrasts(codes[:, gene], active[:, (gene - FIRST_SLOT) % space.n_slots], int(space.n_choices[gene]))
        for gene in range(FIRST_SLOT, space.n_genes)
    ]
    main = np.concatenate([np.stack(shared, axis=1), *slots], axis=1)
    return np.concatenate([main, main * bias[:, None]], axis=1)


def _contrasts(gene: np.ndarray, active: Bools, n_choices: int) -> Floats:
    one_hot = gene[:, None] == np.arange(1, n_choices)
    return np.where(active[:, None], one_hot - 1.0 / n_choices, 0.0)


def _penalty_matrix(space: SearchSpace, n_columns: int, penalty: Penalty) -> Floats:
    """``[p, p]``; see `Penalty`."""
    n_slots = space.n_slots
    average = np.full((n_slots, n_slots), 1.0 / n_slots)
    differences = np.diff(np.eye(n_slots), axis=0)
    over_slots = (
        penalty.own * (np.eye(n_slots) - average)
        + penalty.mean * average
        + penalty.neighbours * differences.T @ differences
    )
    half = n_columns // 2
    matrix = np.zeros((n_columns, n_columns))
    for start, factor in ((0, 1.0), (half, BIAS_SHRINKAGE)):
        end = start + len(space.n_layer)
        matrix[range(start, end), range(start, end)] = FREE
        for n_choices in (len(space.mlp_ratio), len(space.n_head)):
            start, end = end, end + n_slots * (n_choices - 1)
            matrix[start:end, start:end] = factor * np.kron(over_slots, np.eye(n_choices - 1))
    return matrix


def _model(space: SearchSpace, coefficients: Floats, *, link: Link) -> AdditiveModel:
    base, mlp, head = (table[..., 0] for table in _tables(space, coefficients[..., None]).values())
    return AdditiveModel(base=base, mlp=mlp, head=head, link=link)


def _error(space: SearchSpace, draws: Floats) -> TableError:
    return TableError(**_tables(space, draws))


def _tables(space: SearchSpace, coefficients: Floats) -> dict[str, Floats]:
    """Coefficients ``[e, p, r]`` as r tables: the inverse of `_design`."""
    half = coefficients.shape[1] // 2
    signed = (np.array(space.bias, dtype=np.float64) - 0.5)[None, :, None, None]
    by_bias = coefficients[:, None, :half] + signed * coefficients[:, None, half:]  # e, b, p/2, r
    e, b, _, r = by_bias.shape
    n_depths = len(space.n_layer)
    base = by_bias[:, :, :1] + np.concatenate([np.zeros((e, b, 1, r)), by_bias[:, :, 1:n_depths]], axis=2)
    n_mlp = space.n_slots * (len(space.mlp_ratio) - 1)

    def entries(block: Floats, n_choices: int) -> Floats:
        effects = block.reshape(e, b, space.n_slots, n_choices - 1, r)
        first = np.zeros((e, b, space.n_slots, 1, r))
        table: Floats = np.concatenate([first, effects], axis=3) - effects.sum(axis=3, keepdims=True) / n_choices
        return table

    return {
        "base": base,
        "mlp": entries(by_bias[:, :, n_depths : n_depths + n_mlp], len(space.mlp_ratio)),
        "head": entries(by_bias[:, :, n_depths + n_mlp :], len(space.n_head)),
    }
