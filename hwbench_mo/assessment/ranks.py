"""Optimizers across problems: mean ranks, whether they differ at all, and which of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hwbench_mo.assessment.comparison import Comparison
from hwbench_mo.assessment.indicators import check_indicator
from hwbench_mo.assessment.pairs import ALPHA
from hwbench_mo.assessment.scipy_stats import scipy_stats
from hwbench_mo.errors import InputError
from hwbench_mo.typing import Floats


@dataclass(frozen=True, eq=False)
class Ranking:
    """k optimizers ranked on each of n problems by their median over seeds; 1 is best, equal ones share the mean."""

    scope: str
    problems: list[str]
    optimizers: list[str]
    """In ascending order of their mean rank."""
    ranks: Floats
    """``[n, k]``"""
    p: float
    """Of the hypothesis that all rank alike; NaN for one problem, or two optimizers' worth of information or less."""
    critical_difference: float
    """Mean ranks that differ by less cannot be told apart at the 5 % level; NaN for one problem."""
    missing: dict[str, list[str]]
    """Optimizers that are left out, and the problems that they did not run on."""

    @property
    def mean_ranks(self) -> Floats:
        """``[k]``"""
        mean: Floats = self.ranks.mean(axis=0)
        return mean

    @property
    def winners(self) -> list[str]:
        """The optimizers of the least mean rank: one, but for ties."""
        return [
            label for label, mean in zip(self.optimizers, self.mean_ranks, strict=True) if mean == self.mean_ranks[0]
        ]

    @property
    def alike(self) -> list[list[str]]:
        """The longest runs of optimizers within the critical difference: the bars of the diagram (Demšar, 2006)."""
        mean, found = self.mean_ranks, []
        if np.isnan(self.critical_difference):
            return []
        reach = -1
        for start in range(len(mean)):
            end = int(np.searchsorted(mean, mean[start] + self.critical_difference, side="right")) - 1
            if end > max(start, reach):
                found.append(self.optimizers[start : end + 1])
            reach = max(reach, end)
        return found


def friedman(ranks: Floats, /) -> tuple[float, float]:
    """Friedman's (1937) chi-square of ranks ``[n, k]``, and the p-value by Iman & Davenport's (1980) F, which is less
    conservative. All rows equal: p is 0; no differences at all: 1.

    >>> statistic, p = friedman(np.array([[1.0, 2.0, 3.0]] * 4 + [[2.0, 1.0, 3.0]]))
    >>> round(statistic, 3), round(p, 6)
    (8.4, 0.000655)
    """
    n, k = ranks.shape
    if n < 2 or k < 2:
        return float("nan"), float("nan")
    mean = ranks.mean(axis=0)
    spread = ((ranks - (k + 1) / 2) ** 2).sum() / (n * (k - 1))  # k (k + 1) / 12 without ties
    if spread == 0:
        return 0.0, 1.0
    statistic = float(n * ((mean - (k + 1) / 2) ** 2).sum() / spread)
    rest = n * (k - 1) - statistic
    if rest <= 1e-9 * n * k:
        return statistic, 0.0
    return statistic, float(scipy_stats().f.sf((n - 1) * statistic / rest, k - 1, (k - 1) * (n - 1)))


@lru_cache(maxsize=256)  # of the same numbers again and again, 50 ms each
def critical_difference(n_problems: int, n_optimizers: int, /, *, alpha: float = ALPHA) -> float:
    """Nemenyi's (1963) critical difference of mean ranks, by the studentised range, divided by the root of 2.

    >>> round(critical_difference(14, 4), 2)
    1.25
    """
    q = scipy_stats().studentized_range.ppf(1 - alpha, n_optimizers, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(n_optimizers * (n_optimizers + 1) / (6 * n_problems)))


def scores_of(comparison: Comparison, indicator: str = "regret", *, share: float = 1.0) -> dict[str, float]:
    """The median of each optimizer at a share of the common budget, negated where larger is better."""
    sign = -1.0 if check_indicator(indicator).larger_is_better else 1.0
    evaluations = max(int(comparison.budget * share), 1)
    return {group.label: sign * float(np.median(group.at(evaluations, indicator))) for group in comparison.groups}


def ranking_of(scores: Sequence[tuple[str, dict[str, float]]], /, *, scope: str = "all problems") -> Ranking:
    """From the name of each problem and the scores of its optimizers, of which lower ones are better.

    Raises
    ------
    InputError
        If no two optimizers ran on all of the problems.
    """
    labels = list(dict.fromkeys(label for _, own in scores for label in own))
    absent = {label: [problem for problem, own in scores if label not in own] for label in labels}
    common = [label for label in labels if not absent[label]]
    if len(common) < 2:
        raise InputError(f"{scope}: {len(common)} optimizers ran on all {len(scores)} problems, but ranks need two")
    values = np.array([[own[label] for label in common] for _, own in scores])
    ranks: Floats = scipy_stats().rankdata(values, axis=1)
    order = np.argsort(ranks.mean(axis=0), kind="stable")
    n, k = ranks.shape
    return Ranking(
        scope=scope,
        problems=[problem for problem, _ in scores],
        optimizers=[common[place] for place in order],
        ranks=ranks[:, order],
        p=friedman(ranks)[1],
        critical_difference=critical_difference(n, k) if n > 1 else float("nan"),
        missing={label: problems for label, problems in absent.items() if problems},
    )


def rankings(comparisons: Sequence[Comparison], /, *, indicator: str = "regret") -> list[Ranking]:
    """Across all problems; and, where there are several spaces, across the problems of each, such as its devices.

    Those for which no two optimizers ran on all problems are left out.
    """
    scopes = {"all problems": list(comparisons)}
    for comparison in comparisons:
        scopes.setdefault(comparison.problem.space.name, []).append(comparison)
    if len(scopes) == 2:  # of one space
        scopes = {"all problems": list(comparisons)}
    found = []
    for scope, members in scopes.items():
        if len(members) > 1 or scope == "all problems":
            try:
                found.append(ranking_of([(c.title, scores_of(c, indicator)) for c in members], scope=scope))
            except InputError:
                continue
    return found
