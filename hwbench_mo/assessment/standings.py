"""The main table: who is best on each problem, and who is not significantly worse."""

from collections.abc import Sequence
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from hwbench_mo.assessment.comparison import Comparison, Group
from hwbench_mo.assessment.indicators import check_indicator
from hwbench_mo.assessment.intervals import median_interval
from hwbench_mo.assessment.pairs import ALPHA, Pair, least_p, pairs_of
from hwbench_mo.assessment.scipy_stats import scipy_stats
from hwbench_mo.assessment.table import BEST, EVEN, Table, number, p_value
from hwbench_mo.extras import needs

if TYPE_CHECKING:
    import pandas as pd


def standings(comparisons: Sequence[Comparison], /, *, indicator: str = "regret") -> "pd.DataFrame":
    """A row a problem and optimizer, the best first, at the common budget of the problem.

    Columns: ``problem``; ``optimizer``; ``seeds``; ``evaluations``; ``median`` of the indicator with the ``low`` and
    ``high`` end of its 95 % bootstrap interval; ``rank`` of the median; ``a12``, the probability that a run of the best
    is better than one of this; ``p``, of a Mann-Whitney test against the best (Wilcoxon's where seeds are blocks),
    ``p_holm``, adjusted for all pairs of optimizers of the problem; ``standing``: ``best``, ``even`` (not significantly
    worse than the best at 5 %), ``worse``, or nothing where one seed allows no test.
    """
    with needs("pandas"):
        import pandas as pd

    check_indicator(indicator)
    return pd.DataFrame([row for comparison in comparisons for row in _rows(comparison, indicator)])


def _rows(comparison: Comparison, indicator: str) -> list[dict[str, Any]]:
    sign = -1.0 if check_indicator(indicator).larger_is_better else 1.0
    budget = comparison.budget
    finals = {id(group): group.at(budget, indicator) for group in comparison.groups}
    ordered = sorted(comparison.groups, key=lambda group: sign * float(np.median(finals[id(group)])))
    ranks = scipy_stats().rankdata([sign * np.median(finals[id(group)]) for group in ordered])
    pairs: list[Pair | None] = [None, *_against_best(ordered, budget, indicator, sign)]
    rows = []
    for group, pair, rank in zip(ordered, pairs, ranks, strict=True):
        low, high = median_interval(finals[id(group)])
        rows.append(
            {
                "problem": comparison.title,
                "optimizer": group.label,
                "seeds": len(group.runs),
                "evaluations": budget,
                "median": float(np.median(finals[id(group)])),
                "low": low,
                "high": high,
                "rank": float(rank),
                "a12": 0.5 if pair is None else pair.a12,
                "test": "" if pair is None else pair.test,
                "p": np.nan if pair is None else pair.p,
                "p_holm": np.nan if pair is None else pair.p_holm,
                "standing": BEST if rank == ranks[0] else _standing(pair),
            }
        )
    return rows


def standings_of(comparison: Comparison, indicator: str = "regret", /) -> dict[str, tuple[float, str]]:
    """Of each optimizer the median at the common budget and the standing: as in `standings`, without intervals."""
    sign = -1.0 if check_indicator(indicator).larger_is_better else 1.0
    medians = {group.label: float(np.median(group.at(comparison.budget, indicator))) for group in comparison.groups}
    ordered = sorted(comparison.groups, key=lambda group: sign * medians[group.label])
    best = ordered[0]
    pairs = _against_best(ordered, comparison.budget, indicator, sign)
    found = {best.label: (medians[best.label], BEST)}
    for group, pair in zip(ordered[1:], pairs, strict=True):
        median = medians[group.label]
        found[group.label] = median, BEST if median == medians[best.label] else _standing(pair)
    return found


def _against_best(ordered: Sequence[Group], evaluations: int, indicator: str, sign: float) -> list[Pair]:
    """The first of the groups with each other one, adjusted for all pairs of them: the same runs chose which is first.

    Adjusted for these tests alone, 13 of 100 comparisons of 17 optimizers that are alike would call one of them worse
    at a level of 5 %.
    """
    return pairs_of([*combinations(ordered, 2)], evaluations, indicator, sign=sign)[: len(ordered) - 1]


def _standing(pair: Pair | None) -> str:
    if pair is None or np.isnan(pair.p_holm):
        return ""
    return "worse" if pair.p_holm <= ALPHA else EVEN


def standings_table(comparisons: Sequence[Comparison], /, *, indicator: str = "regret") -> Table:
    """`standings` with their words."""
    what = check_indicator(indicator)
    direction = "larger is better" if what.larger_is_better else "smaller is better"
    return Table(
        name=f"standings-{indicator}" if indicator != "regret" else "standings",
        caption=f"{what.label[0].upper()}{what.label[1:]} at the end of the budget "
        f"({direction}; the exact front has {what.best:g})",
        data=standings(comparisons, indicator=indicator),
        shown={
            "optimizer": lambda row: row["optimizer"],
            "seeds": lambda row: str(row["seeds"]),
            "median [95 % interval]": lambda row: f"{number(row['median'])} {_interval(row)}",
            "rank": lambda row: f"{row['rank']:g}",
            "A12": lambda row: number(row["a12"], 2),
            "p (Holm)": lambda row: p_value(row["p_holm"]),
        },
        words=words_on(comparisons),
        by="problem",
    )


def _interval(row: dict[str, Any]) -> str:
    return "" if np.isnan(row["low"]) else f"[{number(row['low'])}, {number(row['high'])}]"


def words_on(comparisons: Sequence[Comparison]) -> list[str]:
    """What the standings show, and what they do not."""
    groups = [group for comparison in comparisons for group in comparison.groups]
    words = [
        "* has the best median; = is not significantly worse than it at 5 %, which is no proof that it is as good. "
        "A12 is the probability that a run of the best is better than a run of this optimizer (0.5: no difference). "
        "p-values against the best are adjusted for all pairs of optimizers of a problem (Holm), because the same runs "
        "chose which one is the best."
    ]
    if any(len(comparison.groups) == 1 for comparison in comparisons):
        words.append("Of a single optimizer on a problem nothing can be compared.")
    words += dict.fromkeys(remark for comparison in comparisons for remark in comparison.remarks)
    words += [_on_budgets(comparison) for comparison in comparisons if not comparison.has_one_budget]
    fewest = min((len(group.runs) for group in groups), default=0)
    if fewest == 1:
        words.append("Of one seed there is neither an interval nor a test: run more seeds.")
    words += list(dict.fromkeys(filter(None, map(_on_seeds, comparisons))))
    if any(_all_equal(comparison) for comparison in comparisons):
        words.append("Where all results are equal, so are the ranks, and none is better.")
    return words


def _on_budgets(comparison: Comparison) -> str:
    others = sorted({group.budget for group in comparison.groups})
    smallest = "the smallest" if comparison.budget == others[0] else "the last checkpoint that all have"
    return (
        f"{comparison.title}: budgets differ ({', '.join(map(str, others))} evaluations); all are compared at "
        f"{smallest}, {comparison.budget}."
    )


def _on_seeds(comparison: Comparison) -> str:
    """What so few seeds can tell at all."""
    pairs = [pair_least(comparison.groups[0], other) for other in comparison.groups[1:]]
    fewest = min(len(group.runs) for group in comparison.groups)
    if not pairs or fewest < 2:
        return ""
    hardest, n_pairs = max(pairs), comb(len(comparison.groups), 2)
    if hardest * n_pairs > ALPHA:
        least = f"the smallest p-value that a test can give is {hardest:.2g}"
        if n_pairs > 1:
            least += f", times {n_pairs} pairs {min(hardest * n_pairs, 1):.2g}"
        return (
            f"{comparison.title}: with {fewest} seeds {least}: some differences could not have become significant, "
            "however large. More seeds are needed."
        )
    if fewest <= 5:
        return f"{comparison.title}: {fewest} seeds show only differences that almost every pair of runs shows."
    return ""


def pair_least(first: Group, second: Group) -> float:
    """The least p-value that their seeds allow."""
    return least_p(len(first.runs), len(second.runs), paired=first.is_block and second.is_block)


def _all_equal(comparison: Comparison) -> bool:
    finals = np.concatenate([group.at(comparison.budget) for group in comparison.groups])
    return len(comparison.groups) > 1 and bool((finals == finals[0]).all())
