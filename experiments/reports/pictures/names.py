"""What all pictures of a comparison have in common: who is shown and how, titles, and axes in readable units."""

import re
from collections.abc import Sequence

import numpy as np

from experiments.reports.text import for_picture
from hwbench_mo import Problem
from hwbench_mo.assessment.comparison import Group
from hwbench_mo.plotting import Page, Style, readable, styles_of
from hwbench_mo.targets import Target
from hwbench_mo.typing import Floats

MOST = 17
"""Optimizers that are told apart in one picture; of more, the others are grey."""

LONGEST = 32
"""Letters of a word in a label; of longer ones the middle is left out."""


def shown_of(groups: Sequence[Group]) -> list[tuple[Group, Style]]:
    """The first `MOST` groups, which are the best, with their styles."""
    styles = styles_of(group.label for group in groups[:MOST])
    return [(group, styles[group.label]) for group in groups[:MOST]]


def label_of(name: str, page: Page, *, note: str = "") -> str:
    """The name of an optimizer as a label, in lines that leave place for the picture."""
    name = f"{name} ({note})" if note else name
    words = re.split(r"(?<=[ =,])", name)
    lines = "".join(
        word if len(word) <= LONGEST else f"{word[: LONGEST // 2]}…{word[-LONGEST // 2 :]}" for word in words
    )
    return page.wrapped(for_picture(lines), share=0.3 if page.is_narrow else 0.18)


def seeds_in_words(groups: Sequence[Group], what: str) -> str:
    """What the lines are, and of how many seeds."""
    counts = sorted({len(group.runs) for group in groups})
    if counts == [1]:
        return "1 seed each: no band, and no sign of how much seeds differ"
    if len(counts) == 1:
        return f"{what} over {counts[0]} seeds"
    return f"{what} over {counts[0]} to {counts[-1]} seeds" + (" (no band where there is 1 seed)" * (counts[0] == 1))


def others_in_words(groups: Sequence[Group]) -> list[str]:
    """That not all are told apart, where there are too many."""
    return [f"the best {MOST} of {len(groups)} optimizers; the others in grey"] if len(groups) > MOST else []


def title_of(problem: Problem, *lines: str, noise: str = "") -> str:
    """Space and objectives; then what is shown, and what the optimizers observed, a line each."""
    observed = [f"optimizers observed {noise}; shown are noise-free values"] if noise else []
    passes = [problem.passes] if problem.passes else []
    first = f"{for_picture(problem.space.name)}: {', '.join(problem.objectives)}"
    return "\n".join([first, *passes, *lines, *observed])


def readable_axes(problem: Problem, shown: Floats) -> tuple[Floats, list[str]]:
    """``[m]`` factors of values the right way round that make them short numbers, and the label of each axis."""
    found = [readable(name, column) for name, column in zip(problem.objectives, shown.T, strict=True)]
    known = getattr(problem.benchmark, "devices", {})  # a user's own black box need not have any
    of_device = [known.get(Target.parse(name).device) for name in problem.objectives]
    labels = [
        label.replace(name, f"{name}, {device.differs}") if device and device.differs else label
        for name, (_, label), device in zip(problem.objectives, found, of_device, strict=True)
    ]
    return np.array([factor for factor, _ in found]), labels
