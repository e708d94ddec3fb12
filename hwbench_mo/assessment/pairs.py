"""Two optimizers on one problem: is one better, by how much, and how many seeds would tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, comb, inf

import numpy as np

from hwbench_mo.assessment.comparison import Group
from hwbench_mo.assessment.scipy_stats import scipy_stats
from hwbench_mo.errors import InputError
from hwbench_mo.typing import Floats

ALPHA = 0.05
"""Level of every test and interval."""
MOST_EXACT = 50
"""Seeds up to which a test is exact, where no two values are equal."""


@dataclass(frozen=True)
class Pair:
    """Of two optimizers, the ``first`` has the lower median (of equal ones, the one that was named first)."""

    first: str
    second: str
    seeds: tuple[int, int]
    medians: tuple[float, float]
    a12: float
    """The probability that a run of the first is better than one of the second: see `vargha_delaney`."""
    test: str
    """``Mann-Whitney``, or ``Wilcoxon`` where seeds are blocks."""
    p: float
    """Two-sided; NaN where there is one seed."""
    p_least: float
    """The least that the test can give with so many seeds."""
    p_holm: float = float("nan")
    """Adjusted for all comparisons that were made together."""


def vargha_delaney(first: Floats, second: Floats, /) -> float:
    """A12: the probability that a value of ``first`` is less, hence better, than one of ``second``; equal ones count
    half.

    0.5 says that there is no difference; from 0.56, 0.64 and 0.71 on it is called small, medium and large
    (Vargha & Delaney, 2000).

    >>> vargha_delaney(np.array([1.0, 2.0, 3.0]), np.array([3.0, 4.0, 5.0]))
    0.9444444444444444
    """
    ordered = np.sort(second)
    above = len(ordered) - np.searchsorted(ordered, first, side="right")
    equal = np.searchsorted(ordered, first, side="right") - np.searchsorted(ordered, first, side="left")
    return float((above + equal / 2).sum() / (len(first) * len(second)))


def mann_whitney(first: Floats, second: Floats, /) -> float:
    """The two-sided p-value of Mann & Whitney (1947): that neither tends to be less than the other.

    Exact up to 50 values a side if no two are equal; otherwise by the normal approximation, corrected for ties and for
    continuity. All equal: 1.
    """
    together = np.concatenate([first, second])
    n_different = len(np.unique(together))
    if n_different == 1:
        return 1.0
    is_exact = n_different == len(together) and max(len(first), len(second)) <= MOST_EXACT
    method = "exact" if is_exact else "asymptotic"
    return float(scipy_stats().mannwhitneyu(first, second, alternative="two-sided", method=method).pvalue)


def wilcoxon(differences: Floats, /) -> float:
    """The two-sided p-value of Wilcoxon's signed ranks (1945): that paired differences are symmetric around 0.

    Exact up to 50 if no two are equal in size; differences of 0 are dropped. None left: 1.
    """
    left = differences[differences != 0]
    if not len(left):
        return 1.0
    is_exact = len(np.unique(np.abs(left))) == len(left) <= MOST_EXACT
    return float(scipy_stats().wilcoxon(left, method="exact" if is_exact else "approx").pvalue)


def least_p(n_first: int, n_second: int, *, paired: bool = False) -> float:
    """The least two-sided p-value that so many seeds can give.

    >>> round(least_p(5, 5), 4), least_p(5, 5, paired=True), round(least_p(3, 3), 2)
    (0.0079, 0.0625, 0.1)
    """
    return min(1.0, 2 / (2**n_first if paired else comb(n_first + n_second, n_first)))


def holm(p_values: Sequence[float] | Floats, /) -> Floats:
    """p-values adjusted for being so many, in their order (Holm, 1979); those that are NaN are no comparisons.

    >>> holm([0.01, 0.04, 0.03]).round(6)
    array([0.03, 0.06, 0.06])
    """
    p = np.asarray(p_values, dtype=np.float64)
    adjusted: Floats = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(order) else steps
    return adjusted


def seeds_to_tell(a12: float, /, *, power: float = 0.8, alpha: float = ALPHA) -> float:
    """Seeds of each of two optimizers with which a Mann-Whitney test tells them apart with that probability, if ``a12``
    is true: by Noether (1987), at least as many as can reach ``alpha`` at all. Infinite if a12 is 0.5.

    >>> seeds_to_tell(0.7), seeds_to_tell(0.55), seeds_to_tell(1.0)
    (33, 524, 6)
    """
    for name, share in (("a12", a12), ("power", power), ("alpha", alpha)):
        if not 0 <= share <= 1 or (name != "a12" and share in (0, 1)):
            raise InputError(f"{name} is {share}, but must be a probability")
    if a12 == 0.5:
        return inf
    normal = scipy_stats().norm
    total = (normal.ppf(1 - alpha / 2) + normal.ppf(power)) ** 2 / (3 * (a12 - 0.5) ** 2)
    needed: int = ceil(total / 2)
    while least_p(needed, needed) > alpha:
        needed += 1
    return needed


def pair_of(first: Group, second: Group, evaluations: int, indicator: str = "regret", *, sign: float = 1.0) -> Pair:
    """Two optimizers at so many evaluations; ``sign`` is -1 where larger values are better.

    Seeds are paired only where both ran with ``initial=shared``, and then those that both have.
    """
    values = [sign * group.at(evaluations, indicator) for group in (first, second)]
    if np.median(values[1]) < np.median(values[0]):
        first, second, values = second, first, values[::-1]
    paired = first.is_block and second.is_block
    if paired:
        seeds = [{run.seed: place for place, run in enumerate(group.runs)} for group in (first, second)]
        shared = [seed for seed in seeds[0] if seed in seeds[1]]
        values = [own[[places[seed] for seed in shared]] for own, places in zip(values, seeds, strict=True)]
    n = len(values[0]), len(values[1])
    p = float("nan")
    if min(n) > 1:
        p = wilcoxon(values[0] - values[1]) if paired else mann_whitney(*values)
    return Pair(
        first=first.label,
        second=second.label,
        seeds=n,
        medians=(float(sign * np.median(values[0])), float(sign * np.median(values[1])))
        if min(n)
        else (np.nan, np.nan),
        a12=vargha_delaney(*values) if min(n) else float("nan"),
        test="Wilcoxon" if paired else "Mann-Whitney",
        p=p,
        p_least=least_p(*n, paired=paired) if min(n) else 1.0,
    )


def with_holm(pairs: Sequence[Pair]) -> list[Pair]:
    """The same, with p-values adjusted for all of them."""
    adjusted = holm([pair.p for pair in pairs])
    return [Pair(**{**vars(pair), "p_holm": float(p)}) for pair, p in zip(pairs, adjusted, strict=True)]


def all_pairs(groups: Sequence[Group], evaluations: int, indicator: str = "regret", *, sign: float = 1.0) -> list[Pair]:
    """Every two of the groups, adjusted together."""
    return with_holm([pair_of(a, b, evaluations, indicator, sign=sign) for a, b in combinations(groups, 2)])
