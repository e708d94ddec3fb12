"""Exact fronts and what runs found on the way to them, as a page draws them and computes with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.reports.page.archives import Archive, Archives
from hwbench_mo import Problem
from hwbench_mo.assessment.comparison import Comparison, Group
from hwbench_mo.assessment.run_curves import RunCurves
from hwbench_mo.typing import Codes, Values

UNIT = 1e-6
"""Of normalised values in the page: hypervolumes computed there are right to about that."""
MOST_BYTES = 4_000_000
"""Of all archives in the page, compressed, by estimate."""
MOST_SHOWN = 400, 12_000
"""Points of an exact front, and of all of them together, that are drawn, with their architectures."""
STEP = 4
"""Of checkpoints, where there is no room for all of them."""
MOST_OBJECTIVES = 3
"""Of which the page computes hypervolumes."""
MOST_EXACT = 20_000, 200_000
"""Points of an exact front, and of all of them together, with which it does."""


@dataclass(frozen=True)
class ArchiveDetail:
    """How much of the archives fits into the page."""

    runs: int
    """Of each optimizer on a problem: the first ones; and, if it is not among them, the one that is shown."""
    every_architecture: bool
    """Whether all of these runs have their architectures, or the one that is shown alone."""
    points: int
    """The most points of a run."""
    step: int = 1
    """Of checkpoints: every so many of them are played."""
    note: str = ""


def archive_detail(comparisons: Sequence[Comparison], archives: Archives, *, share: float = 1.0) -> ArchiveDetail:
    """The most that fits into a share of `MOST_BYTES`."""
    most = max((len(group.runs) for one in comparisons for group in one.groups), default=0)
    longest = 1 << 30
    levels = [ArchiveDetail(most, True, longest), ArchiveDetail(most, False, longest)]
    runs = most
    played = f"fronts are played at every {STEP}th checkpoint"
    levels.append(ArchiveDetail(most, False, longest, STEP, played))
    while runs > 1:
        runs = max(runs * 2 // 3, 1)
        of = "run" if runs == 1 else f"{runs} runs"
        levels.append(
            ArchiveDetail(runs, False, longest, STEP, f"{played}, and are of the first {of} of each optimizer")
        )
    levels.append(ArchiveDetail(0, False, longest, STEP, f"{played}, and are of one run of each optimizer"))
    for points in (200, 100, 50, 25, 12, 6):
        note = f"{played}, and are of at most {points} points of one run of each optimizer"
        levels.append(ArchiveDetail(0, False, points, STEP, note))
    for level in levels:
        if sum(_bytes(comparison, archives, level) for comparison in comparisons) <= share * MOST_BYTES:
            return level
    return levels[-1]


def _bytes(comparison: Comparison, archives: Archives, level: ArchiveDetail) -> float:
    total, m = 0.0, len(comparison.problem.objectives)
    for group in comparison.groups:
        for run, is_shown, _ in _kept(group, comparison, level):
            if found := archives.of(run.identity, step=level.step):
                n, d = found.codes.shape
                own = 4.4 * m + 0.6 + (0.26 * d if is_shown or level.every_architecture else 0.0)
                total += min(n, level.points) * own
    return total


def shown_run(group: Group, comparison: Comparison) -> RunCurves:
    """The run that stands for the group: that of median regret at the common budget."""
    return group.runs[int(np.argsort(group.at(comparison.budget), kind="stable")[(len(group.runs) - 1) // 2])]


def _kept(group: Group, comparison: Comparison, level: ArchiveDetail) -> list[tuple[RunCurves, bool, bool]]:
    """Runs; whether it is the one that is shown; whether that is all that it is there for."""
    shown = shown_run(group, comparison)
    some = [(run, run is shown, False) for run in group.runs[: level.runs]]
    return some if any(is_shown for _, is_shown, _ in some) else [*some, (shown, True, True)]


def run_data(
    group: Group, comparison: Comparison, archives: Archives, level: ArchiveDetail
) -> tuple[list[dict[str, Any]], int]:
    """The archives of a group's runs, and the place of the one that is shown, which is -1 if there is none.

    One that is there to be shown alone, not as one of the first, says so: it was chosen by its result.
    """
    runs: list[dict[str, Any]] = []
    place = -1
    for run, is_shown, is_aside in _kept(group, comparison, level):
        found = archives.of(run.identity, step=level.step)
        if found is None:
            continue
        place = len(runs) if is_shown else place
        kept = _points(found, level.points)
        one: dict[str, Any] = {
            "seed": run.seed,
            "e": np.diff(found.evaluations[kept], prepend=0).tolist(),
            "v": whole(comparison.problem, found.values[kept]),
        }
        if is_shown or level.every_architecture:
            one["c"] = letters(found.codes[kept])
        if is_aside:
            one["aside"] = 1
        runs.append(one)
    return runs, place


def _points(archive: Archive, most: int) -> Any:
    """Places of at most so many points; those of the final front are the last to go."""
    n = len(archive.values)
    if n <= most:
        return np.arange(n)
    from hwbench_mo.pareto.dominance import nondominated

    final = np.flatnonzero(nondominated(archive.values))
    final = final[np.argsort(archive.values[final, 0])]
    return np.sort(final[np.unique(np.linspace(0, len(final) - 1, most).round().astype(int))])


def front_data(problem: Problem, *, others: Sequence[Problem] = ()) -> dict[str, Any]:
    """The exact front: all of its values, if the page is to compute with them, and the architectures of some.

    Parameters
    ----------
    others
        All problems of the page, which share its room.
    """
    front = problem.pareto_front()
    n, total = len(front.values), sum(len(one.pareto_front().values) for one in others)
    most = max(min(MOST_SHOWN[0], MOST_SHOWN[1] // max(len(others), 1)), 20)
    some = np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(int))
    found = {"n": n, "shown": {"v": whole(problem, front.values[some]), "c": letters(front.codes[some])}}
    if len(problem.objectives) <= MOST_OBJECTIVES and n <= MOST_EXACT[0] and total <= MOST_EXACT[1]:
        found["v"] = whole(problem, front.values)
    return found


def whole(problem: Problem, values: Values) -> list[int]:
    """Normalised values in units of `UNIT`, row by row."""
    found: list[int] = np.round(problem.normalise(values) / UNIT).astype(np.int64).ravel().tolist()
    return found


def letters(codes: Codes) -> str:
    """Codes ``[n, d]`` as one text: a letter a gene, its choice counted from ``0`` on in Unicode.

    >>> letters(np.array([[0, 2], [1, 11]]))
    '021;'
    """
    return "".join(map(chr, (codes.astype(np.int64) + ord("0")).ravel().tolist()))
