"""Two optimizers on one problem: is one better, by how much, and how many seeds would tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, comb, exp, inf, lgamma, log

import numpy as np

from hwbench_mo.assessment.comparison import Group
from hwbench_mo.assessment.scipy_stats import scipy_stats
from hwbench_mo.errors import InputError
from hwbench_mo.typing import Floats

ALPHA = 0.05
"""Level of every test and interval."""
MOST_EXACT = 50
"""Seeds up to which a test is exact, where no two values are equal."""

MOST_COUNTED = 1000
"""Seeds up to which ways of choosing are counted exactly."""


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
    p_holm: float
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
    return float(mann_whitney_of_many([(first, second)])[0])


def mann_whitney_of_many(pairs: Sequence[tuple[Floats, Floats]], /) -> Floats:
    """``[pairs]``; `mann_whitney` of each. SciPy answers those of one length together, in a hundredth of the time."""
    p: Floats = np.ones(len(pairs))
    alike: dict[tuple[str, int, int], list[int]] = {}
    for place, (first, second) in enumerate(pairs):
        together = np.concatenate([first, second])
        n_different = len(np.unique(together))
        if n_different > 1:
            is_exact = n_different == len(together) and max(len(first), len(second)) <= MOST_EXACT
            key = "exact" if is_exact else "asymptotic", len(first), len(second)
            alike.setdefault(key, []).append(place)
    for (method, *_), places in alike.items():
        sides = [np.stack([pairs[place][side] for place in places]) for side in (0, 1)]
        p[places] = scipy_stats().mannwhitneyu(*sides, alternative="two-sided", method=method, axis=1).pvalue
    return p


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
    if paired:
        return 2.0 ** min(0, 1 - n_first)
    n = n_first + n_second
    if n <= MOST_COUNTED:
        return min(1.0, 2 / comb(n, n_first))
    return exp(log(2) - lgamma(n + 1) + lgamma(n_first + 1) + lgamma(n_second + 1))  # comb has millions of digits


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


def pairs_of(
    pairs: Sequence[tuple[Group, Group]], evaluations: int, indicator: str = "regret", *, sign: float = 1.0
) -> list[Pair]:
    """Pairs of optimizers at so many evaluations, adjusted together; ``sign`` is -1 where larger values are better.

    Seeds are paired only where both ran with ``initial=shared``, and then those that both have.
    """
    finals = {id(group): sign * group.at(evaluations, indicator) for pair in pairs for group in pair}
    ordered, values = [], []
    for first, second in pairs:
        if np.median(finals[id(second)]) < np.median(finals[id(first)]):
            first, second = second, first
        ordered.append((first, second))
        values.append(_values_of(first, second, finals))
    p: Floats = np.full(len(pairs), np.nan)
    blocks = [first.is_block and second.is_block for first, second in ordered]
    usable = [place for place, own in enumerate(values) if min(map(len, own)) > 1]
    independent = [place for place in usable if not blocks[place]]
    p[independent] = mann_whitney_of_many([values[place] for place in independent])
    for place in set(usable) - set(independent):
        p[place] = wilcoxon(values[place][0] - values[place][1])
    found = []
    for (first, second), own, paired, one, adjusted in zip(ordered, values, blocks, p, holm(p), strict=True):
        n = len(own[0]), len(own[1])
        medians = [float(sign * np.median(side)) if len(side) else float("nan") for side in own]
        found.append(
            Pair(
                first=first.label,
                second=second.label,
                seeds=n,
                medians=(medians[0], medians[1]),
                a12=vargha_delaney(*own) if min(n) else float("nan"),
                test="Wilcoxon" if paired else "Mann-Whitney",
                p=float(one),
                p_least=least_p(*n, paired=paired) if min(n) else 1.0,
                p_holm=float(adjusted),
            )
        )
    return found


def _values_of(first: Group, second: Group, finals: Mapping[int, Floats]) -> tuple[Floats, Floats]:
    """Those that are compared; where seeds are blocks, those of the seeds that both have, in one order."""
    own = finals[id(first)], finals[id(second)]
    if not (first.is_block and second.is_block):
        return own
    places = [{run.seed: place for place, run in enumerate(group.runs)} for group in (first, second)]
    shared = [seed for seed in places[0] if seed in places[1]]
    return own[0][[places[0][seed] for seed in shared]], own[1][[places[1][seed] for seed in shared]]
