"""All pictures of a comparison, as files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.reports.pictures.critical_difference import plot_critical_difference
from experiments.reports.pictures.curves import plot_hypervolume
from experiments.reports.pictures.difference import check_names, has_both, plot_difference
from experiments.reports.pictures.fronts import plot_fronts
from experiments.reports.pictures.runtimes import plot_runtimes
from hwbench_mo.assessment import Comparison
from hwbench_mo.assessment.ranks import rankings
from hwbench_mo.assessment.runtime import Axis
from hwbench_mo.errors import InputError
from hwbench_mo.files import file_name
from hwbench_mo.plotting import SCREEN, Page, save_picture
from hwbench_mo.progress import track

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Which pictures, how wide and in which forms."""

    page: Page = SCREEN
    forms: Sequence[str] = ("png",)
    against: Axis = "evaluations"
    difference: Sequence[str] = ()
    """Two optimizers, or none."""


USUAL = Wish()
"""For a screen, as PNG, on evaluations, without a difference."""


def check_wish(comparisons: Sequence[Comparison], wish: Wish) -> None:
    """Raise an InputError if what is wished for cannot be drawn of any problem: before anything is written."""
    if wish.difference:
        check_names(comparisons, wish.difference)
    runs = [run for comparison in comparisons for group in comparison.groups for run in group.runs]
    if wish.against != "evaluations" and all(np.isnan(getattr(run, wish.against)).all() for run in runs):
        raise InputError(f"of no run {wish.against} are recorded: draw against evaluations or hours")


def write_pictures(comparisons: Sequence[Comparison], folder: Path, wish: Wish = USUAL) -> list[Path]:
    """Curves and fronts of each problem, and of all together runtimes and mean ranks; in each form wished for."""
    page, against = wish.page, wish.against
    suffix = "" if against == "evaluations" else f"-{against}"
    drawn: list[tuple[str, Callable[[], Figure]]] = []
    names = [comparison.problem.name for comparison in comparisons]
    for position, comparison in enumerate(comparisons):
        # Problems of one name differ in noise or artifact.
        name = names[position] if names.count(names[position]) == 1 else f"{names[position]}-{position}"
        drawn.append((f"{name}-hypervolume{suffix}", partial(plot_hypervolume, comparison, page, against)))
        if len(comparison.problem.objectives) > 1 and any(group.has_fronts for group in comparison.groups):
            drawn.append((f"{name}-fronts", partial(plot_fronts, comparison, page)))
        if wish.difference and has_both(comparison, wish.difference):
            first, second = wish.difference
            drawn.append((f"{name}-difference", partial(plot_difference, comparison, first, second, page)))
    drawn.append((f"runtimes{suffix}", partial(plot_runtimes, comparisons, page, against)))
    for ranking in rankings(comparisons):
        if len(ranking.problems) > 1:
            name = f"critical-difference-{ranking.scope.replace(' ', '-')}"
            drawn.append((name, partial(plot_critical_difference, ranking, page)))
    written = []
    for name, draw in track(drawn, "pictures", unit="picture"):
        with page.styled():
            figure = draw()
            for form in dict.fromkeys(("png", *wish.forms)):
                written.append(folder / f"{file_name(name)}.{form}")
                save_picture(figure, written[-1], dpi=page.dpi)
    return written
