"""Fits perplexity and accuracy: within one embed_dim, a sum over layers whose effects depend on the position.

For gpt_l only some 400 architectures were measured, far too few for its 144 effects of each width. The authors' network
answers for all of them: a second, noisier source, whose offset the free intercepts take up. Tables of its answers, in
which neighbouring layers are held alike, are the prior, and ridge regression moves them as far as the measured values
demand. What bias changes is shrunk ten times as strongly as what it does not change.
"""

from dataclasses import dataclass

import numpy as np

from hwbench_mo.fitting.positions import Penalty, PositionRidge, tables_of
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.surrogates.additive import AdditiveModel, Link
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.typing import Codes, Floats

PRIOR = Penalty(own=1.0, mean=0.1, neighbours=20.0)
PERPLEXITY = Penalty(own=10.0, mean=10.0, neighbours=3.0)
ACCURACY = Penalty(own=0.3, mean=0.3, neighbours=3.0)
"""Chosen by tenfold cross-validation on gpt_m and gpt_l; gpt_s, of which all was measured, is indifferent."""


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
    fitter = PositionRidge.of(space, codes)
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


def _model(space: SearchSpace, coefficients: Floats, *, link: Link) -> AdditiveModel:
    base, mlp, head = (table[..., 0] for table in tables_of(space, coefficients[..., None]).values())
    return AdditiveModel(base=base, mlp=mlp, head=head, link=link)


def _error(space: SearchSpace, draws: Floats) -> TableError:
    return TableError(**tables_of(space, draws))
