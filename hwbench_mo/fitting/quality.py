"""Fits perplexity and accuracy: within one embed_dim, a sum over layers whose effects depend on the position.

For gpt_l only some 400 architectures were measured, far too few for the 144 effects of each width. The authors' network
predicts perplexity for all architectures, with more noise and an offset, which the free intercepts absorb. Tables of
its predictions are the prior, with a strong smoothness penalty over neighbouring layers; a ridge regression on the
measured values then moves the tables as far as these values demand. Effects of bias are shrunk ten times as strongly as
the others. Beside entries for each layer, the prior and what is added to it may have more terms.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hwbench_mo.fitting.positions import PLAIN, Penalty, PositionRidge, tables_of
from hwbench_mo.fitting.terms import Terms
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.surrogates.additive import AdditiveModel, Link
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.targets import QUALITY
from hwbench_mo.typing import Bools, Codes, Floats

PRIOR = Penalty(own=1.0, mean=0.1, neighbours=20.0)
PERPLEXITY = (
    Penalty(own=10.0, mean=10.0, neighbours=3.0),
    Penalty(own=3.0, mean=3.0, neighbours=3.0),
    Penalty(own=1.0, mean=1.0, neighbours=1.0),
)
"""Penalties on what measured values add to the prior's tables, strongest first; cross-validation chooses one."""
ACCURACY = Penalty(own=0.3, mean=0.3, neighbours=3.0)
"""Chosen by tenfold cross-validation on gpt_m and gpt_l; on gpt_s, where all were measured, it hardly matters."""


@dataclass(frozen=True)
class QualityTerms:
    """Which terms the tables have: those of the network's predictions, and what measured values add to them."""

    prior: Terms = PLAIN
    perplexity: Terms = PLAIN
    accuracy: Terms = PLAIN
    penalty: Penalty = PERPLEXITY[0]
    """On what measured values add to the prior of perplexity."""

    def behind(self, target: str) -> Terms:
        """All terms of a target's tables: its standard errors are those of a fit with all of them."""
        perplexity = self.prior | self.perplexity
        return perplexity if target == "perplexity" else perplexity | self.accuracy

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """What the manifest of an artifact says of each target."""
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
    """A model, and a factor of the covariance of its tables."""

    model: AdditiveModel
    error: TableError


@dataclass(frozen=True, eq=False)
class CoefficientSum:
    """Coefficients of several fits whose predictions add up, each with its terms."""

    parts: tuple[tuple[Terms, Floats], ...]

    def plus(self, terms: Terms, coefficients: Floats) -> "CoefficientSum":
        """The sum with one more fit."""
        return CoefficientSum((*self.parts, (terms, coefficients)))

    def tables(self, space: SearchSpace) -> dict[str, Floats]:
        """Tables of the sum, by name."""
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
        ``[n]``; measured values, NaN where an architecture was not measured.
    perplexity_mlp
        ``[n]``; the predictions of the authors' network, NaN where there is none.
    """

    space: SearchSpace
    codes: Codes
    perplexity: Floats
    accuracy: Floats
    perplexity_mlp: Floats

    @cached_property
    def targets(self) -> list[str]:
        """Those of perplexity and accuracy that were measured."""
        return [target for target in QUALITY if np.isfinite(getattr(self, target)).any()]

    @cached_property
    def known(self) -> Bools:
        """``[n]``; architectures of which all of these targets were measured."""
        known = [np.isfinite(getattr(self, target)) for target in self.targets]
        return np.asarray(np.all(known, axis=0), dtype=bool)

    def fit(self, rows: Bools, terms: QualityTerms) -> dict[str, QualityFit]:
        """Tables of log(perplexity) and accuracy, if they were measured, from the architectures of a mask ``[n]``."""
        log_perplexity, explained = self.fit_perplexity(rows, terms)
        fits = {}
        if "perplexity" in self.targets:
            residuals = (np.log(self.perplexity) - explained)[rows]
            error = self._error(rows, residuals, terms.behind("perplexity"), terms.penalty)
            fits["perplexity"] = QualityFit(self._model(log_perplexity, "exp"), error)
        if "accuracy" in self.targets:
            accuracy, explained = self.fit_accuracy(rows, log_perplexity, explained, terms.accuracy)
            residuals = (self.accuracy - explained)[rows]
            error = self._error(rows, residuals, terms.behind("accuracy"), ACCURACY)
            fits["accuracy"] = QualityFit(self._model(accuracy, "identity"), error)
        return fits

    def fit_perplexity(self, rows: Bools, terms: QualityTerms) -> tuple[CoefficientSum, Floats]:
        """Coefficients of log(perplexity), and their prediction for every architecture ``[n]``."""
        prior, own = self._ridge(terms.prior), self._ridge(terms.perplexity)
        first = prior.take(rows).fit(np.log(self.perplexity_mlp[rows]), PRIOR)
        explained = prior.apply(first)
        second = own.take(rows).fit((np.log(self.perplexity) - explained)[rows], terms.penalty)
        return CoefficientSum(((terms.prior, first), (terms.perplexity, second))), explained + own.apply(second)

    def fit_accuracy(
        self, rows: Bools, log_perplexity: CoefficientSum, explained: Floats, terms: Terms
    ) -> tuple[CoefficientSum, Floats]:
        """The same for accuracy.

        Its prior is a line in log(perplexity), which explains most of accuracy within one embed_dim. Where perplexity
        is unknown, the prior is 0.
        """
        n_widths = len(self.space.embed_dim)
        slope, intercept = np.zeros(n_widths), np.zeros(n_widths)
        width = self.codes[:, EMBED_DIM]
        for e in range(n_widths):
            own = rows & (width == e) & np.isfinite(self.accuracy)
            if np.ptp(explained[own]) > 0:
                slope[e], intercept[e] = np.polyfit(explained[own], self.accuracy[own], 1)
        line = [(part, slope[:, None] * coefficients) for part, coefficients in log_perplexity.parts]
        line[0][1][:, 0] += intercept
        on_line = slope[width] * explained + intercept[width]
        ridge = self._ridge(terms)
        added = ridge.take(rows).fit((self.accuracy - on_line)[rows], ACCURACY)
        return CoefficientSum(tuple(line)).plus(terms, added), on_line + ridge.apply(added)

    def _model(self, coefficients: CoefficientSum, link: Link) -> AdditiveModel:
        return AdditiveModel(**coefficients.tables(self.space), link=link)  # type: ignore[arg-type]

    def _error(self, rows: Bools, residuals: Floats, terms: Terms, penalty: Penalty) -> TableError:
        draws = self._ridge(terms).take(rows).draws(residuals, penalty)
        return TableError(**tables_of(self.space, draws, terms))

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
