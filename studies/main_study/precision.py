"""What the file of baselines loses against the runs that it was written of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from hwbench_mo.assessment import Baselines, Comparison, Group
from hwbench_mo.assessment.baselines_format import JUDGED
from hwbench_mo.assessment.comparison import comparisons_of
from hwbench_mo.assessment.curve_codec import keeps_order
from hwbench_mo.assessment.pairs import vargha_delaney


@dataclass
class Loss:
    """Largest differences between what was written and what is read."""

    ranks: int = 0
    """Of medians; how many of all problems, indicators and checkpoints have another order."""
    orders: int = 0
    """How many there are."""
    error: dict[str, float] = field(default_factory=dict)
    """Of an indicator at any checkpoint; relative, but for the anytime area and the share of the front."""
    final_error: dict[str, float] = field(default_factory=dict)
    """The same at the ends of runs."""
    a12: float = 0.0
    """Of two optimizers, at the end of the shorter's budget; a Mann-Whitney test has the same p if it is the same."""

    def lines(self) -> list[str]:
        """In Markdown."""
        errors = ", ".join(f"{name} {self.error[name]:.1g} ({self.final_error[name]:.1g})" for name in JUDGED)
        return [
            f"Of {self.orders} orders of medians, one of each problem, indicator and checkpoint, {self.ranks} differ.",
            f"Largest errors at any checkpoint, and in brackets at the end of a run: {errors}.",
            f"Largest change of an A12 at the end: {self.a12:.2g}.",
        ]


def loss(comparisons: Sequence[Comparison], baselines: Baselines) -> Loss:
    """Of all groups of all problems."""
    found, read = Loss(), {(one.title, len(one.groups)): one for one in comparisons_of(baselines)}
    for one in comparisons:
        own = {str(group.config): group for group in read[one.title, len(one.groups)].groups}
        pairs = [(group, own[str(group.config)]) for group in one.groups]
        for name in JUDGED:
            _of_ranks(pairs, name, found)
            for before, after in pairs:
                _of_values(before, after, name, found)
        for (first, first_read), (second, second_read) in combinations(pairs, 2):
            at = min(first.budget, second.budget)
            sides = [(a.at(at), b.at(at)) for a, b in ((first, second), (first_read, second_read))]
            found.a12 = max(found.a12, abs(vargha_delaney(*sides[0]) - vargha_delaney(*sides[1])))
    return found


def _of_ranks(pairs: Sequence[tuple[Group, Group]], name: str, found: Loss) -> None:
    for n in sorted({n for group, _ in pairs for n in group.evaluations.tolist()}):
        before, after = (
            np.array([np.median(group.at(n, name)) for group in side if group.budget >= n])
            for side in zip(*pairs, strict=True)
        )
        found.ranks += not keeps_order(before, after)
        found.orders += 1


def _of_values(before: Group, after: Group, name: str, found: Loss) -> None:
    read = {run.identity: run for run in after.runs}
    for run in before.runs:
        own = read[run.identity[:12]].indicators[name]
        off = np.abs(own - run.indicators[name])
        if name not in ("anytime", "found"):
            off = off / np.maximum(run.indicators[name], 1e-9)
        found.error[name] = max(found.error.get(name, 0.0), float(off.max()))
        found.final_error[name] = max(found.final_error.get(name, 0.0), float(off[-1]))
