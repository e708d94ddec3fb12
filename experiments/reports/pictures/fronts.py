"""What the runs found, in front of the exact front: of two objectives with a zoom, of more a matrix of pairs."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.reports.pictures.names import (
    label_of,
    others_in_words,
    readable_axes,
    seeds_in_words,
    shown_of,
    title_of,
)
from experiments.reports.text import for_picture
from hwbench_mo import Problem
from hwbench_mo.assessment.attainment import attainment_surfaces
from hwbench_mo.assessment.comparison import Comparison, Group
from hwbench_mo.plotting import FRONT, SCREEN, End, Page, Style, label_ends, new_figure, tidy, tight
from hwbench_mo.plotting.direct_labels import SMALLEST
from hwbench_mo.typing import Floats, Values

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_VECTORS = 1000
"""Points of a front beyond which they are an image also in PDF and SVG, which would else be slow to show."""

MOST_OBJECTIVES = 8
"""Of which a matrix of pairs is drawn: 28 panels."""


def plot_fronts(comparison: Comparison, page: Page = SCREEN) -> "Figure":
    """With two objectives: the attainment surfaces that half of the seeds attain, with the band between a quarter and
    three quarters of them, and a second panel that zooms on the knee. With more: for each pair of objectives, the
    non-dominated points of the median run.
    """
    if len(comparison.problem.objectives) == 2:
        return _two_objectives(comparison, page)
    return _matrix(comparison, page)


def _two_objectives(comparison: Comparison, page: Page) -> "Figure":
    problem = comparison.problem
    front = problem.pareto_front().values
    factors, labels = readable_axes(problem, front * problem.signs)
    rows, columns = page.grid(2)
    width = page.inches(11)
    figure = new_figure(width, rows * (width * 0.7) + 0.5 if page.is_narrow else width * 0.42 + 0.4)
    panels = list(np.ravel(figure.subplots(rows, columns)))
    drawn = [(group, style) for group, style in shown_of(comparison.groups) if group.has_fronts]
    surfaces = {id(group): attainment_surfaces(group) for group, _ in drawn}
    box = knee(problem, [found[1] for found in surfaces.values()])
    ends: list[list[End]] = [[], []]
    counts = {len(group.runs) for group, _ in drawn}
    corners = box * problem.signs * factors
    for axes in panels:
        _dots(axes, front * problem.signs * factors, size=0.2 * page.letters)
    for group, style in reversed(drawn):
        low, median, high = (steps(surface, problem) * factors for surface in surfaces[id(group)])
        label = label_of(group.label, page, note="1 seed" if len(group.runs) == 1 and counts != {1} else "")
        band = np.concatenate([low, high[::-1]])
        for axes in panels:
            axes.plot(median[:, 0], median[:, 1], color=style.colour, linestyle=style.dashes, label=label, zorder=3)
            if len(group.runs) > 1:
                axes.fill(band[:, 0], band[:, 1], color=style.colour, alpha=_alpha(len(drawn)), linewidth=0, zorder=2)
        ends[0].append(_right_end(median, label, style))
        ends[1] += _ends_within(median, np.sort(corners, axis=0), label, style)
    for axes in panels:
        axes.set(xlabel=labels[0], ylabel=labels[1])
        tidy(axes)
    (x0, y0), (x1, y1) = np.sort(corners, axis=0)
    panels[1].set(xlim=(x0, x1), ylim=(y0, y1))
    panels[1].set_title("zoom on the knee", fontsize="medium")
    panels[0].plot([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], color="0.3", linewidth=0.8, zorder=4)
    panels[0].set_title("whole front; frame: zoom", fontsize="medium")
    tight(panels[0])
    lines = [seeds_in_words([group for group, _ in drawn], "median attainment surface and quartiles")]
    _title(figure, comparison, page, width, ["black: exact front; " + lines[0]])
    label_ends(figure, dict(zip(panels, ends, strict=True)))
    return figure


def knee(problem: Problem, surfaces: list[Values]) -> Floats:
    """``[2, 2]``; the least and greatest values of a box around the knee of the exact front, which is the point nearest
    to the ideal point by the larger of its normalised objectives, and the surfaces next to it."""
    front = problem.normalise(problem.pareto_front().values)
    at = front[np.argmin(front.max(axis=1))]
    # How far along the diagonal each surface lies behind the knee: the box holds the better half of them.
    behind = sorted(float((problem.normalise(surface) - at).max(axis=1).min()) for surface in surfaces)
    reach = float(np.clip(2.5 * behind[len(behind) // 2], 0.06, 0.4)) if behind else 0.2
    box = np.stack([np.maximum(at - reach, -0.01), at + reach])
    span: Floats = problem.ideal + box * problem.scale  # which has a width, also where the front is a single point
    return span


def _right_end(line: Floats, label: str, style: Style) -> End:
    place = int(np.argmax(line[:, 0]))
    return End(float(line[place, 0]), float(line[place, 1]), label, style.colour)


def _ends_within(line: Floats, box: Floats, label: str, style: Style) -> list[End]:
    """Where a line of steps leaves a box to the right; none if it does not."""
    (_, y0), (x1, y1) = box
    for before, after in pairwise(line):
        if min(before[0], after[0]) <= x1 <= max(before[0], after[0]) and y0 <= before[1] <= y1:
            return [End(float(x1), float(before[1]), label, style.colour)]
    return []


def _matrix(comparison: Comparison, page: Page) -> "Figure":
    problem = comparison.problem
    front = problem.pareto_front().values * problem.signs
    factors, labels = readable_axes(problem, front)
    m = min(len(problem.objectives), MOST_OBJECTIVES)
    width = page.inches(3.4 * (m - 1) + 0.6)
    figure = new_figure(width, width * 0.92 + 0.5)
    grid = figure.subplots(m - 1, m - 1, sharex="col", squeeze=False)
    drawn = [(group, style) for group, style in shown_of(comparison.groups) if group.has_fronts]
    size = 0.35 * page.letters / (1 if len(drawn) < 6 else 1.3) / (1 if m == 3 else 1.2)
    for row in range(m - 1):
        for column in range(m - 1):
            axes = grid[row, column]
            if column > row:
                axes.remove()
                continue
            x, y = column, row + 1
            shown = front[:, [x, y]] * factors[[x, y]]
            _dots(axes, shown, size=0.3 * size)
            for group, style in reversed(drawn):
                points = _median_front(group) * problem.signs * factors
                drawn_as: dict[str, Any] = {"color": style.colour, "marker": style.marker, "markersize": size}
                axes.plot(
                    points[:, x], points[:, y], linestyle="none", markeredgewidth=0, alpha=0.85, zorder=3, **drawn_as
                )
            axes.set(
                xlabel=page.wrapped(labels[x], on_screen=width, share=0.9 / m) if row == m - 2 else "",
                ylabel=page.wrapped(labels[y], on_screen=width, share=0.9 / m) if column == 0 else "",
            )
            axes.tick_params(labelbottom=row == m - 2, labelleft=column == 0)
            axes.locator_params(nbins=4 if page.is_narrow else 6)
            tidy(axes)
    lines = ["black: exact front; colours: non-dominated points of each optimizer's run of median regret"]
    if m < len(problem.objectives):
        lines.append(f"pairs of the first {m} of {len(problem.objectives)} objectives")
    _title(figure, comparison, page, width, lines)
    _legend_in_corner(figure, drawn, page, columns=m - 1)
    return figure


def _legend_in_corner(figure: "Figure", drawn: list[tuple[Group, Style]], page: Page, *, columns: int) -> None:
    """In the upper right, where a matrix of pairs has no panel."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=style.colour, marker=style.marker, linestyle="none", label=for_picture(group.label))
        for group, style in drawn
    ]
    figure.draw_without_rendering()
    corner = figure.axes[0].get_window_extent()
    height = columns / 2 * corner.height * 72 / figure.dpi  # points that are empty
    panel = corner.transformed(figure.transFigure.inverted())
    size = min(0.833 * page.letters, height / (1.35 * len(handles)) if handles else page.letters)
    legend = figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(panel.x1 + 0.02, panel.y1 + 0.01),
        frameon=False,
        fontsize=max(size, SMALLEST),
        ncols=1 if size >= SMALLEST else 2,
        handletextpad=0.2,
        columnspacing=0.8,
        borderpad=0,
        labelspacing=0.3,
    )
    legend.set_in_layout(False)


def _title(figure: "Figure", comparison: Comparison, page: Page, width: float, lines: list[str]) -> None:
    unknown = [group.label for group in comparison.groups if not group.has_fronts]
    lines = [*lines, *others_in_words(comparison.groups)]
    lines += [f"not shown, because of baselines only curves ship: {len(unknown)} optimizers"] if unknown else []
    title = title_of(comparison.problem, *lines, noise=comparison.noise)
    figure.suptitle("\n".join(page.wrapped(line, on_screen=width) for line in title.split("\n")), fontsize="medium")


def _dots(axes: "Axes", shown: Values, *, size: float) -> None:
    axes.plot(
        shown[:, 0],
        shown[:, 1],
        ".",
        color=FRONT,
        markersize=size,
        label="exact front",
        zorder=1,
        rasterized=len(shown) > MOST_VECTORS,
    )


def steps(surface: Values, problem: Problem) -> Values:
    """The corners of a minimised surface, extended to the nadir point; accuracy is shown as it is maximised."""
    ordered = surface[np.argsort(surface[:, 0])]
    nadir = np.maximum(problem.nadir, ordered.max(axis=0))
    x = np.append(np.repeat(ordered[:, 0], 2), nadir[0])
    y = np.append(nadir[1], np.repeat(ordered[:, 1], 2))
    return np.stack([x, y], axis=1) * problem.signs


def _median_front(group: Group) -> Values:
    """The non-dominated values of the run whose final regret is the median."""
    return group.runs[int(np.argsort(group.regrets[:, -1])[len(group.runs) // 2])].front


def _alpha(n: int) -> float:
    return float(np.clip(0.9 / max(n, 1), 0.06, 0.2))
