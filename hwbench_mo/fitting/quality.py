"""Fits perplexity and accuracy: within one embed_dim, a sum over layers whose effects depend on the position.

For gpt_l only some 400 architectures were measured, far too few for its 144 effects of each width. The authors' network
answers for all of them: a second, noisier source, whose offset the free intercepts take up. Tables of its answers, in
which neighbouring layers are held alike, are the prior, and ridge regression moves them as far as the measured values
demand. What bias changes is shrunk ten times as strongly as what it does not change. Which terms the prior and what is
added to it have beside entries for each layer is chosen by cross-validation.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from hwbench_mo.fitting.positions import PLAIN, Penalty, PositionRidge, tables_of
from hwbench_mo.fitting.terms import LADDER, Terms
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.typing import Bools, Codes, Floats

PRIOR = Penalty(own=1.0, mean=0.1, neighbours=20.0)
PERPLEXITY = (
    Penalty(own=10.0, mean=10.0, neighbours=3.0),
    Penalty(own=3.0, mean=3.0, neighbours=3.0),
    Penalty(own=1.0, mean=1.0, neighbours=1.0),
)
"""What measured values add to the prior's tables is shrunk by one of these: the most strongly where few are known."""
ACCURACY = Penalty(own=0.3, mean=0.3, neighbours=3.0)
"""Chosen by tenfold cross-validation on gpt_m and gpt_l; gpt_s, of which all was measured, is indifferent."""
FOLDS = 5
"""Folds of the architectures by which terms are chosen."""
WORTH = 0.02
"""Terms are used if they lower the root mean square error on left-out rows by this share at least.

The exact front is as exact with them, but takes longer.
"""


@dataclass(frozen=True)
class QualityTerms:
    """Which terms the tables have: those of the network's answers, and what measured values add to them."""

    prior: Terms = PLAIN
    perplexity: Terms = PLAIN
    accuracy: Terms = PLAIN
    penalty: Penalty = PERPLEXITY[0]
    """Of what measured values add to the prior of perplexity."""

    def behind(self, target: str) -> Terms:
        """The terms that a target's tables have in all: its standard errors are those of a fit with all of them."""
        perplexity = self.prior | self.perplexity
        return perplexity if target == "perplexity" else perplexity | self.accuracy

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """What is worth knowing of each target."""
        return {
            "perplexity": {
                "prior_terms": self.prior.names,
                "terms": self.perplexity.names,
                "penalty": asdict(self.penalty),
            },
            "accuracy": {"terms": self.accuracy.names},
        }


@dataclass(frozen=True, eq=False)
class QualityFit:
    """Tables of one target, and how well they are known."""

    model: AdditiveModel
    error: TableError


@dataclass(frozen=True, eq=False)
class _Sum:
    """Coefficients of several sets of terms, whose answers add up."""

    parts: tuple[tuple[Terms, Floats], ...]

    def plus(self, terms: Terms, coefficients: Floats) -> "_Sum":
        return _Sum((*self.parts, (terms, coefficients)))

    def tables(self, space: SearchSpace) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        for terms, coefficients in self.parts:
            for name, table in tables_of(space, coefficients[..., None], terms).items():
                found[name] = found.get(name, 0.0) + table[..., 0]
        return found


@dataclass(frozen=True, eq=False)
class QualityData:
    """What is known of the quality of n architectures.

    Parameters
    ----------
    codes
        ``[n, d]``, canonical.
    perplexity, accuracy
        ``[n]``; measured values, NaN where there are none.
    perplexity_mlp
        ``[n]``; the answers of the authors' network, NaN where there are none.
    """

    space: SearchSpace
    codes: Codes
    perplexity: Floats
    accuracy: Floats
    perplexity_mlp: Floats

    @cached_property
    def known(self) -> Bools:
        """``[n]``; of which architectures both targets were measured."""
        return np.isfinite(self.perplexity) & np.isfinite(self.accuracy)

    def fit(self, rows: Bools, terms: QualityTerms) -> dict[str, QualityFit]:
        """Tables of log(perplexity) and of accuracy, from the architectures of a mask ``[n]``."""
        log_perplexity, explained = self._fit_perplexity(rows, terms)
        accuracy, accuracy_explained = self._fit_accuracy(rows, log_perplexity, explained, terms.accuracy)
        residuals = {"perplexity": np.log(self.perplexity) - explained, "accuracy": self.accuracy - accuracy_explained}
        fits = {}
        for target, found in (("perplexity", log_perplexity), ("accuracy", accuracy)):
            own, penalty = terms.behind(target), terms.penalty if target == "perplexity" else ACCURACY
            draws = self._ridge(own).take(rows).draws(residuals[target][rows], penalty)
            model = AdditiveModel(
                **found.tables(self.space),  # type: ignore[arg-type]
                link="exp" if target == "perplexity" else "identity",
            )
            fits[target] = QualityFit(model, TableError(**tables_of(self.space, draws, own)))
        return fits

    def choose_terms(self, rows: Bools) -> QualityTerms:
        """The terms that predict left-out architectures of a mask ``[n]`` best, one kind after the other."""
        log_perplexity = np.log(self.perplexity)

        def explained(train: Bools, terms: QualityTerms) -> Floats:
            return self._fit_perplexity(train, terms)[1]

        def explained_accuracy(train: Bools, terms: QualityTerms) -> Floats:
            return self._fit_accuracy(train, *self._fit_perplexity(train, terms), terms.accuracy)[1]

        chosen = QualityTerms()
        for kind in ("prior", "perplexity"):
            ladder = [replace(chosen, **{kind: terms}) for terms in LADDER]  # type: ignore[arg-type]
            chosen = self._best(rows, log_perplexity, explained, ladder, WORTH)
        penalties = [replace(chosen, penalty=penalty) for penalty in PERPLEXITY]
        chosen = self._best(rows, log_perplexity, explained, penalties, 0.0)
        ladder = [replace(chosen, accuracy=terms) for terms in LADDER]
        return self._best(rows, self.accuracy, explained_accuracy, ladder, WORTH)

    def _best(
        self,
        rows: Bools,
        truth: Floats,
        answer: Callable[[Bools, QualityTerms], Floats],
        candidates: Sequence[QualityTerms],
        worth: float,
    ) -> QualityTerms:
        """The first candidate that no later one beats by ``worth``, a share of the error."""
        chosen, least = candidates[0], np.inf
        for terms in candidates:
            squares = 0.0
            for left_out in folds_of(rows & self.known, FOLDS):
                error = (truth - answer(rows & ~left_out, terms))[left_out]
                squares += float((error**2).sum())
            if np.sqrt(squares) < (1 - worth) * least:
                chosen, least = terms, np.sqrt(squares)
        return chosen

    def _fit_perplexity(self, rows: Bools, terms: QualityTerms) -> tuple[_Sum, Floats]:
        """Coefficients, and what they answer of every architecture ``[n]``."""
        prior, own = self._ridge(terms.prior), self._ridge(terms.perplexity)
        first = prior.take(rows).fit(np.log(self.perplexity_mlp[rows]), PRIOR)
        explained = prior.apply(first)
        second = own.take(rows).fit((np.log(self.perplexity) - explained)[rows], terms.penalty)
        return _Sum(((terms.prior, first), (terms.perplexity, second))), explained + own.apply(second)

    def _fit_accuracy(self, rows: Bools, log_perplexity: _Sum, explained: Floats, terms: Terms) -> tuple[_Sum, Floats]:
        """The same; the prior is a line in log(perplexity), which explains most of accuracy within one embed_dim."""
        n_widths = len(self.space.embed_dim)
        slope, intercept = np.zeros(n_widths), np.zeros(n_widths)
        for e in range(n_widths):
            own = rows & (self.codes[:, EMBED_DIM] == e) & np.isfinite(self.accuracy)
            slope[e], intercept[e] = np.polyfit(explained[own], self.accuracy[own], 1)
        line = [(part, slope[:, None] * coefficients) for part, coefficients in log_perplexity.parts]
        line[0][1][:, 0] += intercept
        width = self.codes[:, EMBED_DIM]
        on_line = slope[width] * explained + intercept[width]
        ridge = self._ridge(terms)
        added = ridge.take(rows).fit((self.accuracy - on_line)[rows], ACCURACY)
        return _Sum(tuple(line)).plus(terms, added), on_line + ridge.apply(added)

    def _ridge(self, terms: Terms) -> PositionRidge:
        if terms not in self._ridges:
            self._ridges[terms] = PositionRidge.of(self.space, self.codes, terms)
        return self._ridges[terms]

    @cached_property
    def _ridges(self) -> dict[Terms, PositionRidge]:
        return {}


def folds_of(rows: Bools, n_folds: int) -> Iterator[Bools]:
    """``[n]`` masks of the architectures that are left out; each of ``rows`` once."""
    place = np.cumsum(rows) - 1
    for fold in range(n_folds):
        yield rows & (place % n_folds == fold)
