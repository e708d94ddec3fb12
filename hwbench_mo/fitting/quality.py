"""Fits perplexity and accuracy: within one embed_dim, a sum over layers whose effects depend on the position.

For gpt_l only some 400 architectures were measured, far too few for its 144 effects of each width. The authors'
network answers for all of them: tables of its answers are the prior, and ridge regression moves them as far as the
measured values demand. What bias changes is shrunk ten times as strongly as what it does not change.
"""

import numpy as np

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.space import BIAS, EMBED_DIM, FIRST_SLOT
from hwbench_mo.surrogates.additive import AdditiveModel, Link
from hwbench_mo.typing import Bools, Codes, Floats

BIAS_SHRINKAGE = 10.0
"""Penalty of what depends on bias, as a multiple of the penalty of what does not."""
PRIOR_PENALTY = 0.1
PERPLEXITY_PENALTY = 10.0
"""Chosen on held-out rows of all three spaces; a third or three times of it changes the error by less than 5 %."""
ACCURACY_PENALTY = 3.0


def fit_quality(
    space: SearchSpace, codes: Codes, perplexity: Floats, accuracy: Floats, perplexity_mlp: Floats
) -> dict[str, AdditiveModel]:
    """Tables of log(perplexity) and of accuracy.

    Parameters
    ----------
    codes
        ``[n, d]``, canonical.
    perplexity, accuracy
        ``[n]``; measured values, NaN where there are none.
    perplexity_mlp
        ``[n]``; the answers of the authors' network.
    """
    x = _design(space, codes)
    prior = _fit(space, codes, x, np.log(perplexity_mlp), PRIOR_PENALTY)
    log_perplexity = prior + _fit(space, codes, x, np.log(perplexity) - _apply(codes, x, prior), PERPLEXITY_PENALTY)
    # Accuracy's prior is a line in log(perplexity), which explains most of it within one embed_dim.
    explained = _apply(codes, x, log_perplexity)
    line = np.zeros_like(log_perplexity)
    for e in range(len(space.embed_dim)):
        rows = (codes[:, EMBED_DIM] == e) & np.isfinite(accuracy)
        slope, intercept = np.polyfit(explained[rows], accuracy[rows], 1)
        line[e] = slope * log_perplexity[e]
        line[e, 0] += intercept
    tables = line + _fit(space, codes, x, accuracy - _apply(codes, x, line), ACCURACY_PENALTY)
    return {
        "perplexity": _tables(space, log_perplexity, link="exp"),
        "accuracy": _tables(space, tables, link="identity"),
    }


def _design(space: SearchSpace, codes: Codes) -> Floats:
    """``[n, p]``; regressors: shared ones (`_n_shared`), layers' choices, and the layers' choices times bias.

    A layer's choices are contrasts that add up to 0 over the choices, so that an absent layer (all 0) is compared with
    the average layer and the effect of depth itself stands in the shared regressors.
    """
    bias = _signed_bias(space, codes)
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


def _signed_bias(space: SearchSpace, codes: Codes) -> Floats:
    """-0.5 and 0.5 without and with bias, so that the main effects are those of the average of both."""
    return np.array(space.bias, dtype=np.float64)[codes[:, BIAS]] - 0.5


def _penalties(space: SearchSpace, n_columns: int, penalty: float) -> Floats:
    half = n_columns // 2
    n_shared = len(space.n_layer)
    penalties = np.full(n_columns, penalty)
    penalties[half:] *= BIAS_SHRINKAGE
    # What width, depth and bias do as a whole is free (but for a trace that keeps the system regular).
    penalties[:n_shared] = penalties[half : half + n_shared] = 1e-8
    return penalties


def _fit(space: SearchSpace, codes: Codes, x: Floats, y: Floats, penalty: float) -> Floats:
    """``[e, p]``; ridge coefficients of each embed_dim, from the rows in which ``y`` is known."""
    penalties = _penalties(space, x.shape[1], penalty)
    coefficients = np.zeros((len(space.embed_dim), x.shape[1]))
    for e in range(len(space.embed_dim)):
        rows = (codes[:, EMBED_DIM] == e) & np.isfinite(y)
        normal = x[rows].T @ x[rows] + np.diag(penalties)
        coefficients[e] = np.linalg.solve(normal, x[rows].T @ y[rows])
    return coefficients


def _apply(codes: Codes, x: Floats, coefficients: Floats) -> Floats:
    answer: Floats = np.einsum("np,np->n", x, coefficients[codes[:, EMBED_DIM]])
    return answer


def _tables(space: SearchSpace, coefficients: Floats, *, link: Link) -> AdditiveModel:
    """Coefficients ``[e, p]`` as tables: the inverse of `_design`."""
    half = coefficients.shape[1] // 2
    signed = np.array(space.bias, dtype=np.float64) - 0.5
    by_bias = coefficients[:, None, :half] + signed[None, :, None] * coefficients[:, None, half:]  # e, b, p/2
    n_depths = len(space.n_layer)
    base = by_bias[..., :1] + np.concatenate([np.zeros((*by_bias.shape[:2], 1)), by_bias[..., 1:n_depths]], axis=2)
    n_mlp = space.n_slots * (len(space.mlp_ratio) - 1)

    def entries(block: Floats, n_choices: int) -> Floats:
        effects = block.reshape(*block.shape[:2], space.n_slots, n_choices - 1)
        first = np.zeros((*effects.shape[:3], 1))
        table: Floats = np.concatenate([first, effects], axis=3) - effects.sum(axis=3, keepdims=True) / n_choices
        return table

    return AdditiveModel(
        base=base,
        mlp=entries(by_bias[..., n_depths : n_depths + n_mlp], len(space.mlp_ratio)),
        head=entries(by_bias[..., n_depths + n_mlp :], len(space.n_head)),
        link=link,
    )
