"""The pictures of a comparison, and of a replay on measured rows."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import moocore
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from experiments.reports.bias import SETS, Replay
from hwbench_mo import Trajectory
from hwbench_mo.assessment.comparison import Comparison, Group
from hwbench_mo.pareto.dominance import nondominated
from hwbench_mo.targets import Target
from hwbench_mo.typing import Floats, Values

# Okabe & Ito's colours, which people with any colour vision tell apart; black is the exact front's.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#999999")
DASHES = ("-", "--", "-.", ":")
FRONT_COLOUR = "black"


def plot_hypervolume(comparison: Comparison) -> Figure:
    """Hypervolume as a share of the exact front's, and its regret, over evaluations; median and quartiles."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    share, regret = figure.subplots(1, 2)
    for group, style in _styled(comparison.groups):
        low, median, high = np.quantile(group.regrets, [0.25, 0.5, 0.75], axis=0)
        evaluations = np.arange(1, len(median) + 1)
        label = f"{group.label} ({len(group.regrets)} seeds)"
        for axes, sign, offset in ((share, -1, 1), (regret, 1, 0)):
            axes.plot(evaluations, offset + sign * median, label=label, **style)
            axes.fill_between(
                evaluations, offset + sign * low, offset + sign * high, color=style["color"], alpha=0.2, linewidth=0
            )
    share.axhline(1.0, color=FRONT_COLOUR, linewidth=1, linestyle=":")
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
    share.legend(loc="lower right", frameon=False)
    for axes in (share, regret):
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"{_title(comparison)}\nmedian and quartiles over seeds", fontsize="medium")
    return figure


def plot_fronts(comparison: Comparison) -> Figure:
    """What the runs found, in front of the exact front.

    With two objectives: the attainment surfaces that half of the seeds attain, with the band between a quarter and
    three quarters of them. With more: for each pair of objectives, the non-dominated points of the median run.
    """
    pairs = list(combinations(range(len(comparison.problem.objectives)), 2))
    figure = Figure(figsize=(max(7.0, 5.2 * len(pairs)), 5), layout="constrained")
    for axes, (x, y) in zip(np.ravel(figure.subplots(1, len(pairs))), pairs, strict=True):
        _draw_front(axes, comparison, x, y)
        for group, style in _styled(comparison.groups):
            if len(comparison.problem.objectives) == 2:
                _draw_attainment(axes, comparison, group, style)
            else:
                _draw_points(axes, comparison, group, x, y, style)
        labels = [Target.parse(name).label for name in comparison.problem.objectives]
        axes.set(xlabel=labels[x], ylabel=labels[y])
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].legend(frameon=False)
    what = "median attainment surface and quartiles over seeds" if len(pairs) == 1 else "the run of median regret"
    figure.suptitle(f"{_title(comparison)}\n{what}", fontsize="medium")
    return figure


def plot_bias(replayed: Replay, optimizer: str) -> Figure:
    """Measured rows with their exact front and what the surrogates take for it; and the surrogates' bias.

    Of more than two objectives, the left picture shows the first two.
    """
    problem = replayed.problem
    figure = Figure(figsize=(11, 4.6), layout="constrained")
    fronts, bias = figure.subplots(1, 2, width_ratios=(1.2, 1))
    rows = problem.evaluate(np.array(list(problem.space.enumerate())), noise="none")
    run = replayed.runs[int(np.argsort(replayed.regrets())[len(replayed.runs) // 2])]
    for values, label, style in (
        (rows, "measured rows", {"color": "0.8", "marker": ".", "markersize": 2}),
        (problem.pareto_front().values, "their exact front", {"color": FRONT_COLOUR, "marker": "o", "markersize": 5}),
        (
            replayed.chosen()[0],
            "chosen by the surrogates, as measured",
            {"color": COLOURS[1], "marker": "o", "markerfacecolor": "none", "markersize": 7},
        ),
        (
            run.centre[nondominated(run.centre)],
            f"{optimizer}, median run",
            {"color": COLOURS[5], "marker": "x", "markersize": 5},
        ),
    ):
        points = values * problem.signs
        fronts.plot(points[:, 0], points[:, 1], linestyle="none", label=label, **style)
    x, y = (Target.parse(name) for name in problem.objectives[:2])
    fronts.set(xlabel=x.label, ylabel=y.label)
    fronts.legend(frameon=False, fontsize="small")
    for place, which in enumerate(SETS):
        quartiles = np.quantile(replayed.bias(which), [0.25, 0.5, 0.75], axis=0) * 100
        height = np.arange(len(problem.objectives)) + 0.2 * (place - 1)
        below, above = quartiles[1] - quartiles[0], quartiles[2] - quartiles[1]
        style = {"color": COLOURS[place], "capsize": 3, "markersize": 6}
        bias.errorbar(quartiles[1], height, xerr=[below, above], fmt="o", label=which, **style)
    bias.axvline(0, color=FRONT_COLOUR, linewidth=1, linestyle=":")
    bias.set_yticks(range(len(problem.objectives)), problem.objectives)
    bias.set(xlabel="predicted / measured - 1 (%), median and quartiles", ylim=(len(problem.objectives) - 0.5, -0.5))
    bias.legend(frameon=False, fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(SETS))
    for axes in (fronts, bias):
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"{problem.space.name}: {', '.join(problem.objectives)}", fontsize="medium")
    return figure


def _draw_front(axes: Axes, comparison: Comparison, x: int, y: int) -> None:
    front = _shown(comparison, comparison.problem.pareto_front().values)
    axes.plot(front[:, x], front[:, y], ".", color=FRONT_COLOUR, markersize=3, label="exact front", zorder=1)


def _draw_attainment(axes: Axes, comparison: Comparison, group: Group, style: dict[str, Any]) -> None:
    surfaces = [_steps(surface, comparison) for surface in _attainment(group.trajectories)]
    low, median, high = surfaces
    axes.plot(median[:, 0], median[:, 1], label=group.label, zorder=3, **style)
    band = np.concatenate([low, high[::-1]])
    axes.fill(band[:, 0], band[:, 1], color=style["color"], alpha=0.2, linewidth=0, zorder=2)


def _attainment(runs: Sequence[Trajectory]) -> list[Values]:
    """Surfaces ``[k, 2]`` that 25, 50 and 75 % of the runs attain (Grunert da Fonseca, Fonseca & Hall, 2001)."""
    archives = [run.centre[nondominated(run.centre)] for run in runs]
    points = np.concatenate(archives)
    sets = np.repeat(np.arange(1, len(archives) + 1), [len(archive) for archive in archives])
    percentiles = [25, 50, 75]
    surfaces = moocore.eaf(points, sets=sets, percentiles=percentiles)
    return [surfaces[surfaces[:, -1] == percentile, :2] for percentile in percentiles]


def _steps(surface: Values, comparison: Comparison) -> Values:
    """The corners of a minimised surface, extended to the nadir point, in the direction of the axes."""
    ordered = surface[np.argsort(surface[:, 0])]
    nadir = np.maximum(comparison.problem.nadir, ordered.max(axis=0))
    x = np.append(np.repeat(ordered[:, 0], 2), nadir[0])
    y = np.append(nadir[1], np.repeat(ordered[:, 1], 2))
    return _shown(comparison, np.stack([x, y], axis=1))


def _draw_points(axes: Axes, comparison: Comparison, group: Group, x: int, y: int, style: dict[str, Any]) -> None:
    final = group.regrets[:, -1]
    run = group.trajectories[int(np.argsort(final)[len(final) // 2])]
    points = _shown(comparison, run.centre[nondominated(run.centre)])
    axes.plot(points[:, x], points[:, y], "o", color=style["color"], markersize=4, label=group.label, zorder=3)


def _shown(comparison: Comparison, values: Floats) -> Floats:
    """Values the right way round: accuracy is maximised."""
    return values * comparison.problem.signs


def _styled(groups: Sequence[Group]) -> list[tuple[Group, dict[str, Any]]]:
    """Colours go by name, so that an optimizer looks alike in all pictures of the same set of optimizers."""
    names = sorted(group.label for group in groups)
    styles = {
        name: {"color": COLOURS[i % len(COLOURS)], "linestyle": DASHES[i // len(COLOURS) % len(DASHES)]}
        for i, name in enumerate(names)
    }
    return [(group, styles[group.label]) for group in groups]


def _title(comparison: Comparison) -> str:
    problem = comparison.problem
    return f"{problem.space.name}: {', '.join(problem.objectives)}"
