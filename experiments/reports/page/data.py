"""Everything that the page's scripts draw and compute with, as plain JSON values."""

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from experiments.reports.page.archives import Archives
from experiments.reports.page.curves import CurveDetail, curve_data, digits
from experiments.reports.page.fronts import UNIT, ArchiveDetail, archive_detail, front_data, run_data
from experiments.reports.text import printable
from hwbench_mo import Problem
from hwbench_mo.assessment import INDICATORS, Comparison
from hwbench_mo.assessment.runtime import runtime_table
from hwbench_mo.plotting import readable, styles_of
from hwbench_mo.problems.problem import REFERENCE

SYMBOLS = {"o": "circle", "s": "square", "^": "triangle-up", "D": "diamond", "v": "triangle-down", "P": "cross"}
"""Plotly's names of matplotlib's markers."""
DASHES = {"-": "solid", "--": "dash", "-.": "dashdot", ":": "dot"}
MOST_STEPS = 120
"""Of a distribution of runtimes."""


@dataclass(frozen=True)
class PageData:
    """What goes into the page for its scripts, and what was left out of it."""

    values: Mapping[str, Any]
    notes: Sequence[str] = field(default=())

    def packed(self) -> str:
        """As compressed text, of letters that mean nothing in HTML."""
        text = json.dumps(self.values, separators=(",", ":"), allow_nan=False)
        return packed(text)


def packed(text: str) -> str:
    """Any text as base64 of its compressed form (zlib), which a browser takes apart by itself.

    >>> from base64 import b64decode
    >>> zlib.decompress(b64decode(packed("a <b> c"))).decode()
    'a <b> c'
    """
    return b64encode(zlib.compress(text.encode("utf-8", "backslashreplace"), 9)).decode()


def page_data(comparisons: Sequence[Comparison], archives: Archives, *, share: float = 1.0) -> PageData:
    """All that the page knows of the runs, thinned until it fits.

    Parameters
    ----------
    share
        Of the room that archives usually have.
    """
    labels = list(dict.fromkeys(group.label for one in comparisons for group in one.groups))
    styles = styles_of(labels)
    groups = [group for one in comparisons for group in one.groups]
    curves = CurveDetail(
        [name for name in INDICATORS if all(name in one.indicators for one in comparisons)],
        n_groups=len(groups),
        longest=max(len(group.evaluations) for group in groups),
    )
    archived = archive_detail(comparisons, archives, share=share)
    problems = [one.problem for one in comparisons]
    values = {
        "unit": UNIT,
        "reference": REFERENCE,
        "indicators": [
            {"name": name, "label": INDICATORS[name].label, "best": INDICATORS[name].best,
             "larger": INDICATORS[name].larger_is_better}
            for name in curves.indicators
        ],
        "optimizers": [
            {"name": printable(label), "colour": styles[label].colour, "symbol": SYMBOLS[styles[label].marker],
             "dash": _dash(styles[label].dashes)}
            for label in labels
        ],
        "problems": [_problem_data(one, labels, archives, curves, archived, problems) for one in comparisons],
        "runtimes": _runtimes(comparisons, labels),
    }  # fmt: skip
    return PageData(values, [note for note in (curves.note, archived.note) if note])


def _problem_data(
    comparison: Comparison,
    labels: Sequence[str],
    archives: Archives,
    curves: CurveDetail,
    archived: ArchiveDetail,
    problems: Sequence[Problem],
) -> dict[str, Any]:
    problem = comparison.problem
    groups = []
    for group in comparison.groups:
        runs, shown = run_data(group, comparison, archives, archived)
        groups.append(
            {
                "optimizer": labels.index(group.label),
                "seeds": len(group.runs),
                "budget": group.budget,
                "curves": curve_data(group, comparison, curves),
                "runs": runs,
                "shown": shown,
            }
        )
    return {
        "title": printable(comparison.title),
        "objectives": _objectives(problem),
        "ideal": problem.ideal.tolist(),
        "scale": problem.scale.tolist(),
        "budget": comparison.budget,
        "space": _choices(problem),
        "front": front_data(problem, others=problems),
        "groups": groups,
    }


def _objectives(problem: Problem) -> list[dict[str, Any]]:
    """Of each its label, and what a minimised value is multiplied by to be shown."""
    shown = problem.pareto_front().values * problem.signs
    found = []
    for column, name in enumerate(problem.objectives):
        factor, label = readable(name, shown[:, column])
        sign = float(problem.signs[column])
        found.append({"label": printable(label), "factor": factor * sign, "short": printable(name)})
    return found


def _choices(problem: Problem) -> dict[str, Any]:
    """What the letters of a code stand for."""
    space = problem.space
    return {
        "name": printable(space.name),
        "embed_dim": [int(choice) for choice in space.embed_dim],
        "n_layer": [int(choice) for choice in space.n_layer],
        "bias": [bool(choice) for choice in space.bias],
        "mlp_ratio": [int(choice) for choice in space.mlp_ratio],
        "n_head": [int(choice) for choice in space.n_head],
    }


def _dash(dashes: Any) -> str:
    """A dash as Plotly has it."""
    return DASHES[dashes] if isinstance(dashes, str) else ",".join(f"{3 * length}px" for length in dashes[1])


def _runtimes(comparisons: Sequence[Comparison], labels: Sequence[str]) -> list[dict[str, Any]]:
    """The share of targets that each optimizer has reached by when, at most `MOST_STEPS` steps each."""
    found = []
    table = runtime_table(comparisons)
    for label, rows in table.groupby("optimizer", sort=False):
        step = max(-(-len(rows) // MOST_STEPS), 1)
        kept = rows.iloc[::-1].iloc[::step].iloc[::-1]  # the last of all among them
        found.append(
            {
                "optimizer": labels.index(str(label)),
                "problems": int(rows["problems"].iloc[0]),
                "x": digits(kept["budget"].to_numpy(dtype=float), 6),
                "share": digits(kept["share"].to_numpy(dtype=float)),
            }
        )
    return found
