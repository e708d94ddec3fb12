"""Fits perplexity and accuracy: within one embed_dim, a sum over layers whose effects depend on the position.

For gpt_l only some 400 architectures were measured, far too few for the 144 effects of each width. The authors' network
predicts perplexity for all architectures, with more noise and an offset, which the free intercepts absorb. Tables of
its predictions are the prior, with a strong smoothness penalty over neighbouring layers; a ridge regression on the
measured values then moves the tables as far as these values demand. Effects of bias are shrunk ten times as strongly as
the others.
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
"""Chosen by tenfold cross-validation on gpt_m and gpt_l; on gpt_s, where all were measured, they hardly matter."""


@dataclass(frozen=True, eq=False)
class QualityFit:
    """The tables of one target, and their standard errors."""

    model: AdditiveModel
    error: TableError


def fit_quality(
    space: SearchSpace, codes: Codes, perplexity: Floats, accuracy: Floats, perplexity_mlp: Floats
) -> dict[str, QualityFit]:
    """Tables of log(perplexity) and of accuracy: of either that was measured.

    Parameters
    ----------
    codes
        ``[n, d]``, canonical.
    perplexity, accuracy
        ``[n]``; measured values, NaN where an architecture was not measured.
    perplexity_mlp
        ``[n]``; the predictions of the authors' network, NaN where there is none.
    """
    fitter = PositionRidge.of(space, codes)
    prior = fitter.fit(np.log(perplexity_mlp), PRIOR)
    log_perplexity = prior + fitter.fit(np.log(perplexity) - fitter.apply(prior), PERPLEXITY)
    explained = fitter.apply(log_perplexity)
    fits = {}
    if np.isfinite(perplexity).any():
        draws = fitter.draws(np.log(perplexity) - explained, PERPLEXITY)
        fits["perplexity"] = QualityFit(_model(space, log_perplexity, link="exp"), _error(space, draws))
    if np.isfinite(accuracy).any():
        line = _line(space, codes, accuracy, explained, log_perplexity)
        tables = line + fitter.fit(accuracy - fitter.apply(line), ACCURACY)
        draws = fitter.draws(accuracy - fitter.apply(tables), ACCURACY)
        fits["accuracy"] = QualityFit(_model(space, tables, link="identity"), _error(space, draws))
    return fits


def _line(space: SearchSpace, codes: Codes, accuracy: Floats, explained: Floats, log_perplexity: Floats) -> Floats:
    """``[e, p]``; accuracy's prior: a line in log(perplexity), which explains most of it within one embed_dim."""
    line = np.zeros_like(log_perplexity)
    for e in range(len(space.embed_dim)):
        rows = (codes[:, EMBED_DIM] == e) & np.isfinite(accuracy)
        if np.ptp(explained[rows]) > 0:  # where perplexity is unknown, nothing is explained
            slope, intercept = np.polyfit(explained[rows], accuracy[rows], 1)
            line[e] = slope * log_perplexity[e]
            line[e, 0] += intercept
    return line


def _model(space: SearchSpace, coefficients: Floats, *, link: Link) -> AdditiveModel:
    base, mlp, head = (table[..., 0] for table in tables_of(space, coefficients[..., None]).values())
    return AdditiveModel(base=base, mlp=mlp, head=head, link=link)


def _error(space: SearchSpace, draws: Floats) -> TableError:
    return TableError(**tables_of(space, draws))
