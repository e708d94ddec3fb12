"""The pictures of a comparison, and of a replay on measured rows."""

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.reports.bias import SETS, Replay
from experiments.reports.text import for_picture
from hwbench_mo import Problem
from hwbench_mo.assessment.attainment import attainment_surfaces
from hwbench_mo.assessment.comparison import Comparison, Group
from hwbench_mo.pareto.dominance import nondominated
from hwbench_mo.plotting import COLOURS, FRONT, GREY, Style, legend_below, new_figure, readable, styles_of, tidy
from hwbench_mo.targets import Target
from hwbench_mo.typing import Floats, Values

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_hypervolume(comparison: Comparison) -> "Figure":
    """Hypervolume as a share of the exact front's, and its regret, over evaluations; median and quartiles."""
    from matplotlib.ticker import LogLocator

    figure = new_figure(10, 4.6)
    share, regret = figure.subplots(1, 2)
    for group, style in _styled(comparison.groups):
        low, median, high = np.quantile(group.regrets, [0.25, 0.5, 0.75], axis=0)
        evaluations = group.evaluations
        label = f"{for_picture(group.label)} ({len(group.regrets)} seeds)"
        for axes, sign, offset in ((share, -1, 1), (regret, 1, 0)):
            axes.plot(evaluations, offset + sign * median, label=label, color=style.colour, linestyle=style.dashes)
            axes.fill_between(
                evaluations, offset + sign * low, offset + sign * high, color=style.colour, alpha=0.2, linewidth=0
            )
    share.axhline(1.0, color=FRONT, linewidth=1, linestyle=":")
    share.annotate(
        "exact front",
        (1.0, 1.0),
        (-4, -3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize="small",
    )
    share.set(xlabel="evaluations", ylabel="hypervolume / hypervolume of the exact front", ylim=(None, 1.02))
    regret.set(xlabel="evaluations", ylabel="hypervolume regret", xscale="log", yscale="log")
    for axis in (regret.xaxis, regret.yaxis):
        axis.set_major_formatter("{x:g}")
    regret.yaxis.set_minor_formatter("{x:g}")
    regret.yaxis.set_minor_locator(LogLocator(subs=(2, 3, 5, 7)))
    tidy(share)
    tidy(regret)
    legend_below(figure, *share.get_legend_handles_labels(), columns=3)
    title = _title(comparison.problem, "median and quartiles over seeds", noise=comparison.noise)
    figure.suptitle(title, fontsize="medium")
    return figure


def plot_fronts(comparison: Comparison) -> "Figure":
    """What the runs found, in front of the exact front.

    With two objectives: the attainment surfaces that half of the seeds attain, with the band between a quarter and
    three quarters of them. With more: for each pair of objectives, the non-dominated points of the median run.
    """
    problem = comparison.problem
    front = problem.pareto_front().values * problem.signs
    factors, labels = _readable(problem, front)
    pairs = list(combinations(range(len(problem.objectives)), 2))
    figure = new_figure(max(7.0, 5.2 * len(pairs)), 5.4)
    for axes, (x, y) in zip(np.ravel(figure.subplots(1, len(pairs))), pairs, strict=True):
        shown = front * factors
        axes.plot(shown[:, x], shown[:, y], ".", color=FRONT, markersize=3, label="exact front", zorder=1)
        for group, style in _styled(comparison.groups):
            if len(pairs) == 1:
                _draw_attainment(axes, group, style, problem, factors)
            else:
                points = _median_front(group) * problem.signs * factors
                drawn = {"color": style.colour, "marker": style.marker, "markersize": 4, "linestyle": "none"}
                axes.plot(points[:, x], points[:, y], label=for_picture(group.label), zorder=3, **drawn)
        axes.set(xlabel=labels[x], ylabel=labels[y])
        tidy(axes)
    legend_below(figure, *figure.axes[0].get_legend_handles_labels(), columns=3)
    what = "median attainment surface and quartiles over seeds" if len(pairs) == 1 else "the run of median regret"
    figure.suptitle(_title(problem, what, noise=comparison.noise), fontsize="medium")
    return figure


def plot_bias(replayed: Replay, optimizer: str) -> "Figure":
    """Measured rows, their exact front and what the surrogates choose as front; and the bias of the surrogates.

    Of more than two objectives, the left picture shows the first two.
    """
    problem = replayed.problem
    figure = new_figure(11, 4.6)
    fronts, bias = figure.subplots(1, 2, width_ratios=(1.2, 1))
    rows = problem.evaluate(np.array(list(problem.space.enumerate())), noise="none")
    run = replayed.runs[int(np.argsort(replayed.regrets())[len(replayed.runs) // 2])]
    factors, labels = _readable(problem, rows * problem.signs)
    own = styles_of([optimizer])[optimizer].colour
    for values, label, drawn in (
        (rows, "measured rows", {"color": "0.8", "marker": ".", "markersize": 2}),
        (problem.pareto_front().values, "their exact front", {"color": FRONT, "marker": "o", "markersize": 5}),
        (
            replayed.chosen()[0],
            "chosen by the surrogates, as measured",
            {"color": COLOURS[1], "marker": "o", "markerfacecolor": "none", "markersize": 7},
        ),
        (
            run.centre[nondominated(run.centre)],
            f"{optimizer}, median run",
            {"color": own, "marker": "x", "markersize": 5},
        ),
    ):
        points = values * problem.signs * factors
        fronts.plot(points[:, 0], points[:, 1], linestyle="none", label=label, **drawn)
    fronts.set(xlabel=labels[0], ylabel=labels[1])
    _legend_above(fronts, columns=2)
    for place, (which, colour, marker) in enumerate(zip(SETS, (GREY, own, own), ("o", "s", "x"), strict=True)):
        quartiles = np.quantile(replayed.bias(which), [0.25, 0.5, 0.75], axis=0) * 100
        height = np.arange(len(problem.objectives)) + 0.2 * (place - 1)
        below, above = quartiles[1] - quartiles[0], quartiles[2] - quartiles[1]
        error: dict[str, Any] = {"color": colour, "marker": marker, "capsize": 3, "markersize": 6}
        bias.errorbar(quartiles[1], height, xerr=[below, above], linestyle="none", label=which, **error)
    bias.axvline(0, color=FRONT, linewidth=1, linestyle=":")
    bias.set_yticks(range(len(problem.objectives)), problem.objectives)
    bias.set(xlabel="predicted / measured - 1 (%), median and quartiles", ylim=(len(problem.objectives) - 0.5, -0.5))
    _legend_above(bias, columns=len(SETS))
    tidy(fronts)
    tidy(bias)
    figure.suptitle(_title(problem), fontsize="medium")
    return figure


def _legend_above(axes: "Axes", *, columns: int) -> None:
    axes.legend(frameon=False, fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=columns)


def _readable(problem: Problem, shown: Floats) -> tuple[Floats, list[str]]:
    """``[m]`` factors of values the right way round that make them short numbers, and the label of each axis."""
    found = [readable(name, column) for name, column in zip(problem.objectives, shown.T, strict=True)]
    known = getattr(problem.benchmark, "devices", {})  # a user's own black box need not have any
    of_device = [known.get(Target.parse(name).device or "") for name in problem.objectives]
    labels = [
        label.replace(name, f"{name}, {device.differs}") if device and device.differs else label
        for name, (_, label), device in zip(problem.objectives, found, of_device, strict=True)
    ]
    return np.array([factor for factor, _ in found]), labels


def _draw_attainment(axes: "Axes", group: Group, style: Style, problem: Problem, factors: Floats) -> None:
    low, median, high = (_steps(surface, problem) * factors for surface in attainment_surfaces(group))
    drawn: dict[str, Any] = {"color": style.colour, "linestyle": style.dashes}
    axes.plot(median[:, 0], median[:, 1], label=for_picture(group.label), zorder=3, **drawn)
    band = np.concatenate([low, high[::-1]])
    axes.fill(band[:, 0], band[:, 1], color=style.colour, alpha=0.2, linewidth=0, zorder=2)


def _steps(surface: Values, problem: Problem) -> Values:
    """The corners of a minimised surface, extended to the nadir point; accuracy is shown as it is maximised."""
    ordered = surface[np.argsort(surface[:, 0])]
    nadir = np.maximum(problem.nadir, ordered.max(axis=0))
    x = np.append(np.repeat(ordered[:, 0], 2), nadir[0])
    y = np.append(nadir[1], np.repeat(ordered[:, 1], 2))
    return np.stack([x, y], axis=1) * problem.signs


def _median_front(group: Group) -> Values:
    """The non-dominated values of the run whose final regret is the median."""
    return group.runs[int(np.argsort(group.regrets[:, -1])[len(group.runs) // 2])].front


def _styled(groups: Sequence[Group]) -> list[tuple[Group, Style]]:
    styles = styles_of(group.label for group in groups)
    return [(group, styles[group.label]) for group in groups]


def _title(problem: Problem, *lines: str, noise: str = "") -> str:
    """Space and objectives; then what is shown, and what the optimizers observed, a line each."""
    observed = [f"optimizers observed {noise}; shown are noise-free values"] if noise else []
    passes = [problem.passes] if problem.passes else []
    first = f"{for_picture(problem.space.name)}: {', '.join(problem.objectives)}"
    return "\n".join([first, *passes, *lines, *observed])
