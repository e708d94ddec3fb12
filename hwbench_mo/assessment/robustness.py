"""Does the winner stay the winner: with other reference points, budgets, indicators, seeds and problems."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hwbench_mo.assessment.comparison import Comparison
from hwbench_mo.assessment.indicators import INDICATORS
from hwbench_mo.assessment.ranks import Ranking, ranking_of, scores_of
from hwbench_mo.assessment.scipy_stats import scipy_stats
from hwbench_mo.assessment.table import Table, number
from hwbench_mo.errors import InputError
from hwbench_mo.extras import needs
from hwbench_mo.pareto.hypervolume import hypervolume
from hwbench_mo.problems.problem import REFERENCE
from hwbench_mo.typing import Floats

REFERENCES = (1.01, REFERENCE, 2.0)
"""Reference points on each axis, where the ideal point is 0 and the nadir point is 1."""
BUDGETS = (0.1, 0.25, 0.5, 1.0)
"""Shares of the common budget."""
DRAWS = 500
"""Random halves of the seeds."""
MOST_NUMBERS = 1 << 21
"""Of the draws of one optimizer; of many seeds there are fewer."""

Scores = list[tuple[str, dict[str, float]]]
"""The name of each problem and the scores of its optimizers; lower is better."""


@dataclass(frozen=True)
class Variation:
    """What becomes of the winners if one thing is varied."""

    what: str
    kept: float
    """On how many problems the winner stays; of draws, the mean."""
    problems: int
    """With a winner, before and after: where all optimizers tie, there is none."""
    tied: int
    """Problems on which all optimizers tie, before or after."""
    winner: str
    """By mean rank over all problems; of draws, the most frequent; empty without one."""
    kept_overall: float
    """1 if that is the winner of the main analysis, 0 if not; of draws, their share in which it is; NaN without one."""
    tau: float
    """Kendall's tau-b of the scores with those of the main analysis, mean over problems; NaN of draws."""


def variations(comparisons: Sequence[Comparison], /) -> list[Variation]:
    """Each variation of the main analysis, the median regret at the full budget with the reference point 1.1.

    Reference points are varied on each run's whole archive, and therefore only where all have one budget, and there are
    no baselines, whose archives do not ship; seeds, where each optimizer has two.

    Raises
    ------
    InputError
        If no problem has two optimizers.
    """
    usable = [comparison for comparison in comparisons if len(comparison.groups) > 1]
    if not usable:
        raise InputError("robustness needs a problem on which two optimizers ran")
    main: Scores = [(c.title, scores_of(c)) for c in usable]
    found = []

    def add(what: str, scores: Scores) -> None:
        found.append(_compared(what, main, scores))

    for reference in REFERENCES:
        if reference != REFERENCE and all(c.has_one_budget and _has_fronts(c) for c in usable):
            add(f"reference point {reference:g}", [(c.title, _with_reference(c, reference)) for c in usable])
    for share in BUDGETS[:-1]:
        add(f"{share:.0%} of the budget", [(c.title, scores_of(c, share=share)) for c in usable])
    for name, what in INDICATORS.items():
        if name != "regret" and all(name in c.indicators for c in usable):
            add(what.label, [(c.title, scores_of(c, name)) for c in usable])
    if all(len(group.runs) > 1 for c in usable for group in c.groups):
        found.append(_random_halves(usable, main))
    found += _without_problems(usable, main)
    return found


def _has_fronts(comparison: Comparison) -> bool:
    return all(group.has_fronts for group in comparison.groups)


def winner_of(scores: dict[str, float]) -> str:
    """The optimizer of the least score; of equal ones the first."""
    return min(scores, key=lambda label: scores[label])


def all_tie(scores: dict[str, float]) -> bool:
    """Whether all optimizers have one score, so that none is the best."""
    return len(set(scores.values())) == 1


def winners_overall(scores: Scores) -> list[str]:
    """By mean rank over problems, several if they tie; none if no two optimizers ran on all, or all tie."""
    try:
        ranking: Ranking = ranking_of(scores)
    except InputError:
        return []
    return ranking.winners if len(ranking.winners) < len(ranking.optimizers) else []


def _with_reference(comparison: Comparison, reference: float) -> dict[str, float]:
    """Negated medians of normalised hypervolume."""
    problem = comparison.problem
    point = np.full(len(problem.objectives), reference)
    return {
        group.label: -float(
            np.median([hypervolume(problem.normalise(run.front), reference=point) for run in group.runs])
        )
        for group in comparison.groups
    }


def _compared(what: str, main: Scores, scores: Scores) -> Variation:
    kendalltau = scipy_stats().kendalltau
    kept, taus = 0, []
    for (_, before), (_, after) in zip(main, scores, strict=True):
        if all_tie(before) or all_tie(after):
            continue
        # Of equal ones, that the winner is among them suffices: an order by name is no result.
        kept += after[winner_of(before)] == min(after.values())
        tau = kendalltau([before[label] for label in before], [after[label] for label in before]).statistic
        taus.append(float(tau))
    stays, now = _overall(main, scores)
    tied = len(main) - len(taus)
    return Variation(what, kept, len(taus), tied, now, stays, float(np.mean(taus)) if taus else float("nan"))


def _overall(main: Scores, scores: Scores) -> tuple[float, str]:
    """Whether the winner by mean rank is still one, and who is."""
    before, after = winners_overall(main), winners_overall(scores)
    return float(before[0] in after) if before and after else float("nan"), ", ".join(after)


def _random_halves(comparisons: Sequence[Comparison], main: Scores) -> Variation:
    """The medians of random halves of each optimizer's seeds."""
    rng = np.random.default_rng(0)
    most = max(len(group.runs) for comparison in comparisons for group in comparison.groups)
    draws = int(np.clip(MOST_NUMBERS // most, 20, DRAWS))
    halved = [
        {group.label: _medians_of_halves(group.at(c.budget), draws, rng) for group in c.groups} for c in comparisons
    ]
    by_draw: list[Scores] = [
        [
            (title, {label: float(own[draw]) for label, own in scores.items()})
            for (title, _), scores in zip(main, halved, strict=True)
        ]
        for draw in range(draws)
    ]
    judged = [place for place, (_, before) in enumerate(main) if not all_tie(before)]
    winners = {place: winner_of(main[place][1]) for place in judged}
    kept = [
        sum(scores[place][1][winner] == min(scores[place][1].values()) for place, winner in winners.items())
        for scores in by_draw
    ]
    stays, now = zip(*(_overall(main, scores) for scores in by_draw), strict=True)
    most_frequent = max(dict.fromkeys(now), key=now.count)
    return Variation(
        "random halves of the seeds",
        float(np.mean(kept)),
        len(judged),
        len(main) - len(judged),
        most_frequent,
        float(np.nanmean(stays)) if not np.isnan(stays).all() else float("nan"),
        float("nan"),
    )


def _medians_of_halves(values: Floats, draws: int, rng: np.random.Generator) -> Floats:
    half = max(len(values) // 2, 1)
    places = np.argsort(rng.random((draws, len(values))), axis=1)[:, :half]
    medians: Floats = np.median(values[places], axis=1)
    return medians


def _without_problems(comparisons: Sequence[Comparison], main: Scores) -> list[Variation]:
    """Each space left out, or where there is one alone, each problem: what becomes of the winner by mean rank."""
    spaces = list(dict.fromkeys(c.problem.space.name for c in comparisons))
    names = [c.problem.space.name for c in comparisons] if len(spaces) > 1 else [c.title for c in comparisons]
    if len(spaces) == 1 and len(comparisons) < 3:
        return []
    found = []
    for what in dict.fromkeys(names):
        scores = [own for name, own in zip(names, main, strict=True) if name != what]
        stays_best, now = _overall(main, scores)
        n = sum(not all_tie(own) for _, own in scores)
        found.append(Variation(f"without {what}", n, n, len(scores) - n, now, stays_best, float("nan")))
    return found


def _stays(kept: float) -> str:
    return "-" if kept != kept else {0.0: "no", 1.0: "yes"}.get(kept, f"in {kept:.0%}")


def robustness_table(comparisons: Sequence[Comparison], /) -> Table:
    """`variations` as a table with its words."""
    with needs("pandas"):
        import pandas as pd

    try:
        found = variations(comparisons)
    except InputError as error:
        found, words = [], [str(error)]
    else:
        usable = [c for c in comparisons if len(c.groups) > 1]
        overall = " and ".join(winners_overall([(c.title, scores_of(c)) for c in usable]))
        if overall:
            what = f"its winner is {overall} by mean rank over problems"
        elif all(all_tie(scores_of(c)) for c in usable):
            what = "it has no winner, because all optimizers tie, and none can stay one"
        elif len(set.intersection(*({group.label for group in c.groups} for c in usable))) < 2:
            what = "over all problems it has no winner, because no two optimizers ran on all of them"
        else:
            what = "over all problems it has no winner, because all optimizers tie in mean rank"
        words = [
            f"The main analysis is of the median regret at the full budget with the reference point 1.1; {what}. One "
            "thing is varied at a time. kept: on how many problems the best optimizer stays the best (of random "
            "halves, on average). A winner that changes within what the pairs cannot tell apart is no contradiction."
        ]
        if any(one.tied for one in found):
            words.append("Where all optimizers tie on a problem, it has no winner, and is not counted.")
        if not all(c.has_one_budget for c in usable):
            words.append("Reference points are not varied, because budgets differ.")
        elif not all(map(_has_fronts, usable)):
            words.append("Reference points are not varied, because of baselines the curves ship, and not the archives.")
        if not all(len(group.runs) > 1 for c in usable for group in c.groups):
            words.append("Seeds are not varied, because an optimizer has only one.")
    columns = list(Variation.__dataclass_fields__)
    return Table(
        name="robustness",
        caption="Does the winner stay the winner",
        data=pd.DataFrame([vars(one) for one in found], columns=columns),
        shown={
            "variation": lambda row: row["what"],
            "kept": lambda row: f"{row['kept']:.3g} of {row['problems']}" if row["problems"] else "-",
            "winner": lambda row: row["winner"] or ("no winner: all tie" if row["tied"] else "-"),
            "stays": lambda row: _stays(row["kept_overall"]),
            "Kendall's tau": lambda row: number(row["tau"], 2),
        },
        words=words,
        left=("variation", "winner"),
    )
