"""What the tables say, in sentences: who won, where, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.reports.page.markup import listed, text
from hwbench_mo.assessment.comparison import Comparison
from hwbench_mo.assessment.ranks import ranking_of, scores_of
from hwbench_mo.assessment.table import BEST, EVEN, Table
from hwbench_mo.errors import InputError

MOST_PROBLEMS = 6
"""Of which each has a paragraph of its own; more are told by their winners."""
MOST_NAMED = 12
"""Problems in a sentence."""
YARDSTICK = "random_search"


@dataclass(frozen=True)
class Summary:
    """HTML: one sentence above all, then paragraphs."""

    headline: str
    overall: Sequence[str]
    problems: Sequence[str]


def summary_of(comparisons: Sequence[Comparison], tables: Mapping[str, Table]) -> Summary:
    """The sentences."""
    overall = [*_across(comparisons), *_robust(tables["robustness"]), *_sure(comparisons)]
    if len(comparisons) <= MOST_PROBLEMS:
        problems = [_on_problem(one, tables["standings"]) for one in comparisons]
    else:
        problems = _by_winner(tables["standings"])
    return Summary(_headline(comparisons), overall, problems)


def _winners(comparison: Comparison) -> list[str]:
    scores = scores_of(comparison)
    return [label for label, score in scores.items() if score == min(scores.values())]


def _headline(comparisons: Sequence[Comparison]) -> str:
    wins: dict[str, int] = {}
    for one in comparisons:
        if len(one.groups) > 1:
            for label in _winners(one):
                wins[label] = wins.get(label, 0) + 1
    n = sum(len(one.groups) > 1 for one in comparisons)
    if not wins:
        return f"Only {listed([one.groups[0].label for one in comparisons][:1])} ran: there is nothing to compare."
    ranked = sorted(wins, key=lambda label: -wins[label])
    best = [label for label in ranked if wins[label] == wins[ranked[0]]]
    verb = "leads" if len(best) == 1 else "lead"
    if n == 1:
        return f"{listed(best)} {verb} on the one problem."
    if wins[best[0]] == n and len(best) == 1:
        return f"{listed(best)} leads on all {n} problems."
    each = " each" if len(best) > 1 else ""
    others = [f"{listed([label])} on {wins[label]}" for label in ranked if label not in best]
    return f"{listed(best)} {verb} on {wins[best[0]]} of {n} problems{each}" + (
        f"; {', '.join(others)}." if others else "."
    )


def _across(comparisons: Sequence[Comparison]) -> list[str]:
    if len(comparisons) < 2:
        return []
    try:
        ranking = ranking_of([(one.title, scores_of(one)) for one in comparisons])
    except InputError:
        return ["No two optimizers ran on all problems, so that there is no ranking across them."]
    n, k = ranking.ranks.shape
    mean = ranking.mean_ranks
    whom = f"Of the {k} optimizers that ran on all {n} problems," if ranking.missing else "By mean rank"
    over = "by mean rank" if ranking.missing else f"over all {n} problems"
    verb = "comes" if len(ranking.winners) == 1 else "come"
    found = [f"{whom} {listed(ranking.winners)} {verb} first {over} ({mean[0]:.2f}, where 1 is best and {k} worst)."]
    if not np.isnan(ranking.p):
        verdict = "differ" if ranking.p <= 0.05 else "cannot be told apart"
        found[0] += f" As a whole these {k} optimizers {verdict} (Friedman's test, p {_p(ranking.p)})."
        close = [
            label
            for label, rank in zip(ranking.optimizers, mean, strict=True)
            if label not in ranking.winners and rank - mean[0] <= ranking.critical_difference
        ]
        if close and ranking.p <= 0.05:
            found[0] += f" Within the critical difference of the first, and so not told apart from it: {listed(close)}."
    return found


def _by_winner(standings: Table) -> list[str]:
    """Of each optimizer that is best somewhere, where, and how often nobody comes near."""
    won: dict[str, list[str]] = {}
    even = {row["problem"] for row in standings.data.to_dict("records") if row["standing"] in (EVEN, "")}
    for row in standings.data.to_dict("records"):
        if row["standing"] == BEST:
            won.setdefault(str(row["optimizer"]), []).append(str(row["problem"]))
    found = []
    for label in sorted(won, key=lambda label: -len(won[label])):
        alone = sum(problem not in even for problem in won[label])
        on = ", ".join(map(text, won[label][:MOST_NAMED]))
        more = f" and {len(won[label]) - MOST_NAMED} more" if len(won[label]) > MOST_NAMED else ""
        found.append(
            f"{listed([label])} has the lowest regret on {len(won[label])} of them, and on {alone or 'none'} is it "
            f"significantly better than every other: {on}{more}."
        )
    return found


def _p(value: float) -> str:
    return "&lt; 0.001" if value < 0.001 else f"= {value:.2g}"


def _on_problem(comparison: Comparison, standings: Table) -> str:
    rows = [row for row in standings.data.to_dict("records") if row["problem"] == comparison.title]
    best = [str(row["optimizer"]) for row in rows if row["standing"] == BEST]
    even = [str(row["optimizer"]) for row in rows if row["standing"] == EVEN]
    worse = [row for row in rows if row["standing"] == "worse"]
    first = rows[0]
    smallest = "" if comparison.has_one_budget else ", the smallest budget,"
    said = (
        f"<b>{text(comparison.title)}</b>: after {comparison.budget:,} evaluations{smallest} {listed(best)} "
        f"{'has' if len(best) == 1 else 'have'} the lowest regret, {first['median']:.4f} (median of {first['seeds']} "
        f"seed{'s' if first['seeds'] > 1 else ''}): {_share(first['median'])} of the exact front's hypervolume is "
        "still missing."
    )
    if even:
        said += f" These seeds cannot tell it from {listed(even)}."
    if worse:
        said += f" Significantly worse: {listed([str(row['optimizer']) for row in worse])}."
    return said + _speed(comparison, best[0])


def _share(regret: float) -> str:
    return f"{100 * regret:.2g} %" if regret > 0 else "nothing"


def _speed(comparison: Comparison, best: str) -> str:
    """When the best had what random search has in the end."""
    groups = {group.label: group for group in comparison.groups}
    if YARDSTICK not in groups or best == YARDSTICK:
        return ""
    final = float(np.median(groups[YARDSTICK].at(comparison.budget)))
    medians = np.median(groups[best].regrets, axis=0)
    reached = np.flatnonzero(medians <= final)
    if not len(reached):
        return ""
    when = int(groups[best].evaluations[reached[0]])
    return f" It had reached random search's final regret after {when:,} evaluations." if when > 1 else ""


def _robust(table: Table) -> list[str]:
    rows = table.data.to_dict("records")
    judged = [row for row in rows if row["kept_overall"] == row["kept_overall"]]
    if not judged:
        return []
    stays = [row for row in judged if row["kept_overall"] >= 0.5]
    said = f"The winner stays the winner in {len(stays)} of {len(judged)} variations of the analysis."
    if fails := [row for row in judged if row["kept_overall"] < 0.5]:
        examples = [f"{text(row['what'])} ({text(row['winner'] or 'nobody')})" for row in fails[:4]]
        more = f" and {len(fails) - 4} more" if len(fails) > 4 else ""
        said += f" It does not with: {', '.join(examples)}{more}."
    return [said]


def _sure(comparisons: Sequence[Comparison]) -> list[str]:
    seeds = sorted({len(group.runs) for one in comparisons for group in one.groups})
    few, many = seeds[0], seeds[-1]
    each = f"{few}" if few == many else f"{few} to {many}"
    said = f"Each optimizer ran with {each} seed{'s' if many > 1 else ''} on each of its problems."
    if few == 1:
        said += " Of one seed there is no telling how much of a difference is luck."
    elif few <= 5:
        said += " So few show only differences that almost every pair of runs shows."
    return [said]
