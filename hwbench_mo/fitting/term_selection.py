"""Selects the terms of perplexity and accuracy by cross-validation over architectures.

The exact front is as exact with more terms, but takes longer: a term must lower the error by a share that is worth it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from hwbench_mo.fitting.quality import PERPLEXITY, QualityData, QualityTerms, folds_of
from hwbench_mo.fitting.terms import LADDER
from hwbench_mo.typing import Bools, Floats

FOLDS = 5
"""Folds of the architectures by which terms are selected."""
WORTH = 0.02
"""Terms are used if they lower the root mean square error on left-out architectures by this share at least."""


def select_terms(data: QualityData, rows: Bools) -> QualityTerms:
    """The terms that predict left-out architectures of a mask ``[n]`` best, one kind after the other."""

    def explained(train: Bools, terms: QualityTerms) -> Floats:
        return data.fit_perplexity(train, terms)[1]

    def explained_accuracy(train: Bools, terms: QualityTerms) -> Floats:
        return data.fit_accuracy(train, *data.fit_perplexity(train, terms), terms.accuracy)[1]

    chosen = QualityTerms()
    if "perplexity" in data.targets:
        log_perplexity = np.log(data.perplexity)
        for kind in ("prior", "perplexity"):
            ladder = [replace(chosen, **{kind: terms}) for terms in LADDER]  # type: ignore[arg-type]
            chosen = _best(data, rows, log_perplexity, explained, ladder, WORTH)
        penalties = [replace(chosen, penalty=penalty) for penalty in PERPLEXITY]
        chosen = _best(data, rows, log_perplexity, explained, penalties, 0.0)
    if "accuracy" in data.targets:
        ladder = [replace(chosen, accuracy=terms) for terms in LADDER]
        chosen = _best(data, rows, data.accuracy, explained_accuracy, ladder, WORTH)
    return chosen


def _best(
    data: QualityData,
    rows: Bools,
    truth: Floats,
    predict: Callable[[Bools, QualityTerms], Floats],
    candidates: Sequence[QualityTerms],
    worth: float,
) -> QualityTerms:
    """The first candidate that no later one beats by ``worth``, a share of the error."""
    chosen, least = candidates[0], np.inf
    for terms in candidates:
        squares = 0.0
        for left_out in folds_of(rows & data.known, FOLDS):
            error = (truth - predict(rows & ~left_out, terms))[left_out]
            squares += float((error**2).sum())
        if np.sqrt(squares) < (1 - worth) * least:
            chosen, least = terms, np.sqrt(squares)
    return chosen
