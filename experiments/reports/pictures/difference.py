"""Where one optimizer attains more often than another."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from experiments.reports.pictures.fronts import steps
from experiments.reports.pictures.names import readable_axes, title_of
from experiments.reports.text import for_picture
from hwbench_mo import Problem
from hwbench_mo.assessment.attainment import attainment_difference, attainment_surfaces
from hwbench_mo.assessment.comparison import Comparison, Group
from hwbench_mo.errors import InputError, unknown
from hwbench_mo.plotting import FRONT, SCREEN, Page, new_figure, styles_of, tidy
from hwbench_mo.typing import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEVELS = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Differences of shares are shown in so many strengths of a colour, each up to such a value."""
OTHER = "#D55E00"
"""The colour of the second optimizer where both have the same."""


def plot_difference(comparison: Comparison, first: str, second: str, page: Page = SCREEN) -> "Figure":
    """The plane of two objectives in the first optimizer's colour where a larger share of its runs attains it than of
    the second's, in the second's where a smaller; with the median attainment surfaces of both.

    Of optimizers with different numbers of runs, as many of each are taken: those with the least seeds.

    Raises
    ------
    InputError
        If an optimizer has no runs on the problem, is a baseline, or there are not two objectives.
    """
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Rectangle

    problem = comparison.problem
    sides = _equal_numbers(_group(comparison, first), _group(comparison, second))
    found = attainment_difference(*sides)
    front = problem.pareto_front().values
    factors, labels = readable_axes(problem, front * problem.signs)
    styles = styles_of([first, second])
    colours = [styles[first].colour, styles[second].colour]
    colours[1] = colours[1] if colours[1] != colours[0] else OTHER
    width = page.inches(6.5)
    figure = new_figure(width, width * (1.02 if page.is_narrow else 0.9) + 0.3)
    axes = figure.subplots()
    for low, high, difference in _rectangles(found, problem, factors):
        strength = np.searchsorted(LEVELS, abs(difference) - 1e-9) + 1
        colour = _lightened(to_rgb(colours[int(difference < 0)]), strength / len(LEVELS))
        axes.add_patch(Rectangle((low[0], low[1]), *(high - low), color=colour, linewidth=0, zorder=1))
    for side, own, dashes in zip(sides, colours, ("-", "--"), strict=True):
        (median,) = attainment_surfaces(side, percentiles=[50.0])
        line = steps(median, problem) * factors
        axes.plot(line[:, 0], line[:, 1], color=_darkened(to_rgb(own)), linestyle=dashes, zorder=3)
    shown = front * problem.signs * factors
    axes.plot(
        shown[:, 0],
        shown[:, 1],
        ".",
        color=FRONT,
        markersize=0.2 * page.letters,
        zorder=4,
        rasterized=len(shown) > 1000,
    )
    axes.set(xlabel=labels[0], ylabel=labels[1])
    axes.margins(0.02)
    tidy(axes)
    _bar(figure, axes, colours, f"seeds that attain: {for_picture(first)} minus {for_picture(second)} (%)", page)
    n = len(sides[0].runs)
    what = f"difference of the shares of {n} seeds each that attain a point" if n > 1 else "1 seed each"
    lines = [what, f"lines: median attainment surfaces ({for_picture(second)} dashed); black: exact front"]
    title = title_of(problem, *lines, noise=comparison.noise)
    figure.suptitle("\n".join(page.wrapped(line, on_screen=width) for line in title.split("\n")), fontsize="medium")
    return figure


def _bar(figure: "Figure", axes: "Axes", colours: Sequence[str], label: str, page: Page) -> None:
    """Which strength of which colour is which difference."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import BoundaryNorm, ListedColormap, to_rgb

    strengths = [step / len(LEVELS) for step in range(1, len(LEVELS) + 1)]
    first, second = ([_lightened(to_rgb(colour), strength) for strength in strengths] for colour in colours)
    edges = [-100 * level for level in reversed(LEVELS)] + [0.0] + [100 * level for level in LEVELS]
    shades = ScalarMappable(BoundaryNorm(edges, len(edges) - 1), ListedColormap([*reversed(second), *first]))
    bar = figure.colorbar(shades, ax=axes, orientation="horizontal", aspect=30, pad=0.03, ticks=edges)
    bar.ax.set_xticks(edges, [f"{edge:+.0f}" if edge else "0" for edge in edges], fontsize="small")
    bar.set_label(page.wrapped(label, on_screen=6.5, share=0.9))


def has_both(comparison: Comparison, names: Sequence[str]) -> bool:
    """Whether their difference can be drawn on this problem."""
    known = {group.label: group for group in comparison.groups}
    return len(comparison.problem.objectives) == 2 and all(name in known and known[name].has_fronts for name in names)


def check_names(comparisons: Sequence[Comparison], names: Sequence[str]) -> None:
    """Raise an InputError if a name is of no optimizer, or on no problem both can be drawn."""
    labels = [group.label for comparison in comparisons for group in comparison.groups]
    for name in names:
        if name not in labels:
            raise unknown("optimizer", name, dict.fromkeys(labels))
    if names[0] == names[1]:
        raise InputError(f"a difference needs two optimizers, but both are {names[0]}")
    if not any(has_both(comparison, names) for comparison in comparisons):
        raise InputError(
            f"no problem of two objectives has runs of both {names[0]} and {names[1]}: their difference cannot be drawn"
        )


def _group(comparison: Comparison, label: str) -> Group:
    for group in comparison.groups:
        if group.label == label:
            return group
    raise unknown("optimizer", label, [group.label for group in comparison.groups])


def _equal_numbers(first: Group, second: Group) -> tuple[Group, Group]:
    n = min(len(first.runs), len(second.runs))
    found = [
        replace(group, runs=sorted(group.runs, key=lambda run: (run.seed is None, run.seed or 0))[:n])
        for group in (first, second)
    ]
    return found[0], found[1]


def _rectangles(found: Floats, problem: Problem, factors: Floats) -> list[tuple[Floats, Floats, float]]:
    """Least and greatest shown values of each, cut at the nadir point or the greatest value that was found."""
    finite = found[:, :4][np.isfinite(found[:, :4]).all(axis=1)]
    edge = np.maximum(problem.nadir, finite[:, 2:].max(axis=0) if len(finite) else problem.nadir)
    lows, highs = found[:, :2], np.minimum(found[:, 2:4], edge)
    inside = (lows < highs).all(axis=1)
    shown = np.stack([lows[inside], highs[inside]]) * problem.signs * factors
    return [
        (low, high, float(difference))
        for low, high, difference in zip(shown.min(axis=0), shown.max(axis=0), found[inside, 4], strict=True)
    ]


def _lightened(colour: tuple[float, float, float], strength: float) -> tuple[float, float, float]:
    red, green, blue = (1 - strength * 0.9 * (1 - one) for one in colour)
    return red, green, blue


def _darkened(colour: tuple[float, float, float]) -> tuple[float, float, float]:
    red, green, blue = (0.6 * one for one in colour)
    return red, green, blue
