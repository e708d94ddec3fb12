"""The tables of docs/results/study.md, in Markdown."""

from collections.abc import Sequence

import numpy as np

from hwbench_mo.assessment import Comparison, Group
from hwbench_mo.assessment.pairs import ALPHA, mann_whitney, pairs_of, vargha_delaney
from hwbench_mo.assessment.ranks import Ranking, rankings
from hwbench_mo.assessment.robustness import variations
from hwbench_mo.assessment.standings import standings
from hwbench_mo.assessment.table import p_value
from studies.main_study.design import MODEL_BASED
from studies.main_study.questions import (
    PUBLISHED,
    RANDOM,
    RANDOM_4,
    SMALL,
    against,
    counts_against,
    cut,
    geometric_means,
    is_serial,
    is_small,
)

SPACES = ("gpt_s", "gpt_m", "gpt_l")


def markdown(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table, the first column to the left."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def overview(comparisons: Sequence[Comparison]) -> str:
    """A row an optimizer, by mean rank over problems."""
    ranking, *_ = rankings(comparisons)
    table = standings(comparisons)
    by_random, by_four = against(comparisons, RANDOM), against(comparisons, RANDOM_4)
    means = geometric_means(comparisons)
    n = len(comparisons)
    rows = []
    for label, mean in zip(ranking.optimizers, ranking.mean_ranks, strict=True):
        own = table[table["optimizer"] == label]
        counts = [
            "" if label == other else "{} / {}, {:.2f}".format(*counts_against(pairs[label]))
            for other, pairs in ((RANDOM, by_random), (RANDOM_4, by_four))
        ]
        regrets = [f"{means[label][space]:.4f}" if space in means[label] else "" for space in SPACES]
        best, even = int((own["standing"] == "best").sum()), int((own["standing"] == "even").sum())
        rows.append([f"`{label}`", f"{mean:.2f}", best, even, *counts, *regrets])
    headings = [
        "optimizer",
        "mean rank",
        "best",
        "not sign. worse",
        "against random search",
        "against 4x random search",
    ]
    seeds = sorted({len(group.runs) for one in comparisons for group in one.groups})
    return "\n\n".join(
        [
            markdown([*headings, *(f"regret {space}" for space in SPACES)], rows),
            f"{n} problems; {' to '.join(map(str, dict.fromkeys((seeds[0], seeds[-1]))))} seeds. {_friedman(ranking)}",
        ]
    )


def _friedman(ranking: Ranking) -> str:
    return (
        f"Friedman's test: p = {ranking.p:.2g}; Nemenyi's critical difference of mean ranks: "
        f"{ranking.critical_difference:.2f}."
    )


def by_scope(comparisons: Sequence[Comparison]) -> str:
    """Mean ranks over all problems, those of each space, and those of three objectives."""
    found = {ranking.scope: ranking for ranking in rankings(comparisons)}
    for m in (2, 3):
        some = [one for one in comparisons if len(one.problem.objectives) == m]
        if len(some) > 1:
            found[f"{m} objectives"] = rankings(some)[0]
    first = next(iter(found.values()))
    rows = [
        [f"`{label}`", *(f"{dict(zip(r.optimizers, r.mean_ranks, strict=True))[label]:.2f}" for r in found.values())]
        for label in first.optimizers
    ]
    return markdown(["optimizer", *(f"{scope} ({len(r.problems)})" for scope, r in found.items())], rows)


def robustness(comparisons: Sequence[Comparison]) -> str:
    """One thing varied at a time."""
    rows = [
        [
            one.what,
            f"{one.kept:.3g} of {one.problems}",
            f"`{one.winner}`",
            "yes" if one.kept_overall == 1 else "no" if one.kept_overall == 0 else f"in {one.kept_overall:.0%}",
            "" if one.tau != one.tau else f"{one.tau:.2f}",
        ]
        for one in variations(comparisons)
    ]
    return markdown(["varied", "problems whose best stays", "winner by mean rank", "stays", "Kendall's tau"], rows)


def conditions(comparisons: Sequence[Comparison]) -> str:
    """Four workers, and noise, against the runs without: medians, and whether they differ."""
    lines = []
    for at in (100, 1000):
        serial = {one.problem.name: one for one in cut(comparisons, at=at, keep=is_serial)}
        others = {
            "4 workers": cut(comparisons, at=at, keep=lambda group: not (is_serial(group) or is_small(group))),
            "noisy": cut(comparisons, at=at, noisy=True),
        }
        for what, cuts in others.items():
            lines += [_row(what, at, serial[one.problem.name], one, group) for one in cuts for group in one.groups]
    kept = [line for line in lines if line]
    headings = ["problem", "evaluations", "optimizer", "condition", "regret without", "regret", "A12", "p"]
    return markdown(headings, kept)


def _row(what: str, at: int, serial: Comparison, one: Comparison, group: Group) -> list[object]:
    """The A12 is the probability that a run without the condition is the better one."""
    usual = next((own for own in serial.groups if own.label == group.label), None)
    if usual is None or (at == 100) != (group.budget == 100):
        return []
    before, after = usual.at(at), group.at(at)
    (pair,) = pairs_of([(usual, group)], at)
    medians = [f"{np.median(values):.4f}" for values in (before, after)]
    a12 = vargha_delaney(before, after)
    return [f"`{one.problem.name}`", at, f"`{group.label}`", what, *medians, f"{a12:.2f}", p_value(pair.p)]


def small(comparisons: Sequence[Comparison]) -> str:
    """Populations of 20 against those of 100 of the same optimizer."""
    means = geometric_means(comparisons)
    rows = []
    for label in sorted(label for label in means if label.endswith(f" ({SMALL})")):
        usual = label.removesuffix(f" ({SMALL})")
        better, worse, a12 = counts_against(against(comparisons, usual)[label])
        regrets = [f"{means[usual][space]:.4f} → {means[label][space]:.4f}" for space in SPACES]
        rows.append([f"`{usual}`", *regrets, f"{better} / {worse}", f"{a12:.2f}"])
    return markdown(["optimizer", *SPACES, "better / worse", "median A12"], rows)


def published(comparisons: Sequence[Comparison]) -> str:
    """MO-REA with Syne Tune's priority, problem by problem, against random search and against MO-REA with ranks."""
    rows = []
    for one in comparisons:
        by_label = {group.label: group for group in one.groups}
        usual = [by_label[RANDOM], by_label["morea"]]
        pairs = pairs_of([(by_label[PUBLISHED], other) for other in usual], one.budget)
        cells: list[object] = []
        for other, pair in zip(usual, pairs, strict=True):
            a12 = vargha_delaney(by_label[PUBLISHED].at(one.budget), other.at(one.budget))
            sign = "*" if pair.p_holm <= ALPHA else ""
            cells += [f"{np.median(other.at(one.budget)):.4f}", f"{a12:.2f}{sign}"]
        rows.append([f"`{one.problem.name}`", f"{np.median(by_label[PUBLISHED].at(one.budget)):.4f}", *cells])
    return markdown(["problem", "as published", "random search", "A12", "with ranks", "A12 "], rows)


def models_against_thousand(hundred: Sequence[Comparison], thousand: Sequence[Comparison]) -> str:
    """Of each problem, the best optimizer after 100 evaluations against the best after 1,000."""
    later = {one.title: one for one in thousand}
    rows = []
    for one in hundred:
        first, last = one.groups[0], later[one.title].groups[0]
        before, after = first.at(100), last.at(1000)
        cells = [f"`{first.label}`", f"{np.median(before):.4f}", f"`{last.label}`", f"{np.median(after):.4f}"]
        tests = [f"{vargha_delaney(before, after):.2f}", p_value(mann_whitney(before, after))]
        rows.append([f"`{one.problem.name}`", *cells, *tests])
    headings = ["problem", "best after 100", "regret", "best after 1,000", "regret ", "A12", "p"]
    return markdown(headings, rows)


def until_random(hundred: Sequence[Comparison], thousand: Sequence[Comparison]) -> str:
    """Evaluations until the median regret is at most that of random search after 1,000, median over problems.

    Of model-based optimizers within 100 evaluations, of the others within 1,000.
    """
    goals = {
        one.title: float(np.median(group.at(1000))) for one in thousand for group in one.groups if group.label == RANDOM
    }
    needed: dict[str, list[float]] = {}
    models = [(one, group) for one in hundred for group in one.groups if group.label in MODEL_BASED]
    others = [(one, group) for one in thousand for group in one.groups]
    for one, group in [*models, *others]:
        curve = np.median(group.curves("regret"), axis=0)
        reached = np.flatnonzero(curve <= goals[one.title])
        at = float(group.evaluations[reached[0]]) if len(reached) else float("inf")
        needed.setdefault(group.label, []).append(at)
    order = sorted(needed, key=lambda label: (float(np.median(needed[label])), label))
    rows = [
        [f"`{label}`", _evaluations(np.median(own)), _evaluations(min(own)), _evaluations(max(own)), len(own)]
        for label, own in ((label, needed[label]) for label in order)
    ]
    return markdown(["optimizer", "median", "fewest", "most", "problems"], rows)


def _evaluations(n: float) -> str:
    return "never" if n == float("inf") else f"{n:.0f}"
