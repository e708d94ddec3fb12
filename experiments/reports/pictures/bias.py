"""The picture of a replay on measured rows."""

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.reports.bias import SETS, Replay, final_set
from experiments.reports.pictures.names import readable_axes, title_of
from hwbench_mo.plotting import COLOURS, FRONT, GREY, new_figure, styles_of, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_bias(replayed: Replay, optimizer: str) -> "Figure":
    """Measured rows, their exact front and what the surrogates choose as front; and the bias of the surrogates.

    Of more than two objectives, the left picture shows the first two.
    """
    problem = replayed.problem
    figure = new_figure(11, 4.6)
    fronts, bias = figure.subplots(1, 2, width_ratios=(1.2, 1))
    rows = problem.evaluate(np.array(list(problem.space.enumerate())), noise="none")
    run = replayed.runs[int(np.argsort(replayed.regrets())[len(replayed.runs) // 2])]
    factors, labels = readable_axes(problem, rows * problem.signs)
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
            run.centre[final_set(run)],
            f"{optimizer}, median run",
            {"color": own, "marker": "x", "markersize": 5},
        ),
    ):
        points = values * problem.signs * factors
        fronts.plot(points[:, 0], points[:, 1], linestyle="none", label=label, **drawn)
    fronts.set(xlabel=labels[0], ylabel=labels[1])
    _legend_above(fronts, columns=2)
    for place, (which, colour, marker) in enumerate(zip(SETS, (GREY, own, own), ("o", "s", "x"), strict=True)):
        quartiles = replayed.quartiles(which) * 100
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
    figure.suptitle(title_of(problem), fontsize="medium")
    return figure


def _legend_above(axes: "Axes", *, columns: int) -> None:
    axes.legend(frameon=False, fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=columns)
