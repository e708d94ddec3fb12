"""Curves of hypervolume and of its regret."""

from typing import TYPE_CHECKING

import numpy as np

from experiments.reports.pictures.names import label_of, others_in_words, seeds_in_words, shown_of, title_of
from hwbench_mo.assessment.comparison import Comparison, Group
from hwbench_mo.assessment.curves_against import curves_against
from hwbench_mo.assessment.runtime import Axis
from hwbench_mo.plotting import FRONT, SCREEN, End, Page, label_ends, new_figure, tidy, tight
from hwbench_mo.typing import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AXIS_LABELS: dict[Axis, str] = {
    "evaluations": "evaluations",
    "hours": "simulated hours",
    "seconds": "seconds of the optimizer itself",
}
SIDES = (("hypervolume / that of the exact front", -1, 1), ("hypervolume regret", 1, 0))
"""What the two panels show, as factor of the regret and offset."""


def plot_hypervolume(comparison: Comparison, page: Page = SCREEN, against: Axis = "evaluations") -> "Figure":
    """Hypervolume as a share of the exact front's, and its regret; median and quartiles over seeds.

    Optimizers without recorded seconds are not drawn against seconds, and the title names them.
    """
    rows, columns = page.grid(2)
    width = page.inches(11)
    figure = new_figure(width, rows * (width * 0.68) + 0.5 if page.is_narrow else width * 0.42 + 0.4)
    panels = list(np.ravel(figure.subplots(rows, columns)))
    missing = []
    ends: list[list[End]] = [[], []]
    counts = {len(group.runs) for group in comparison.groups}
    for group in comparison.groups[len(shown_of(comparison.groups)) :]:
        places, curves = curves_against(group, against)
        if len(places):
            for axes, (_, sign, offset) in zip(panels, SIDES, strict=True):
                axes.plot(places, offset + sign * np.median(curves, axis=0), color="0.75", linewidth=0.6, zorder=1)
    for group, style in reversed(shown_of(comparison.groups)):  # the best on top
        places, curves = curves_against(group, against)
        if not len(places):
            missing.append(group.label)
            continue
        note = "1 seed" if len(curves) == 1 and counts != {1} else ""
        for axes, (_, sign, offset), own in zip(panels, SIDES, ends, strict=True):
            low, median, high = offset + sign * np.quantile(curves, [0.25, 0.5, 0.75], axis=0)
            drawn = {"color": style.colour, "linestyle": style.dashes, "label": group.label, "zorder": 3}
            axes.plot(places, median, **drawn, **({"marker": style.marker} if len(places) == 1 else {}))
            if len(curves) > 1:
                axes.fill_between(places, low, high, color=style.colour, alpha=_alpha(comparison), linewidth=0)
            own.append(End(places[-1], median[-1], label_of(group.label, page, note=note), style.colour))
    _dress(panels, comparison, against)
    lines = [seeds_in_words(comparison.groups, "median and quartiles"), *others_in_words(comparison.groups)]
    lines += [f"no seconds recorded of {', '.join(missing)}"] if missing else []
    title = title_of(comparison.problem, *lines, noise=comparison.noise)
    figure.suptitle("\n".join(page.wrapped(line, on_screen=width) for line in title.split("\n")), fontsize="medium")
    label_ends(figure, dict(zip(panels, ends, strict=True)))
    return figure


def _dress(panels: "list[Axes]", comparison: Comparison, against: Axis) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter

    share, regret = panels
    # Where most curves are is shown; those that begin lower come in from below.
    lowest = float(np.quantile([_first_shown(group, against) for group in comparison.groups], 0.25))
    share.axhline(1.0, color=FRONT, linewidth=0.8, linestyle=":", zorder=0)
    share.annotate(
        "exact front",
        (0.0, 1.0),
        (3, 2),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="left",
        va="bottom",
        fontsize="small",
    )
    share.set(ylim=(max(lowest - 0.02, -0.02), 1.0 + 0.1 * (1.02 - lowest)))
    regret.set(yscale="log")
    for axes, (label, *_) in zip(panels, SIDES, strict=True):
        tight(axes)
        axes.set(xlabel=AXIS_LABELS[against], ylabel=label)
        low, high = axes.get_xlim()
        if (against != "evaluations" or axes is regret) and high > 10 * max(low, 1e-12):
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter("{x:g}")
        tidy(axes)
    regret.yaxis.set_major_formatter("{x:g}")
    low, high = regret.get_ylim()
    few = high / low < 30
    regret.yaxis.set_minor_locator(LogLocator(subs=(2, 3, 5, 7) if few else (2, 5)))
    regret.yaxis.set_minor_formatter("{x:g}" if high / low < 300 else NullFormatter())
    regret.tick_params(which="minor", labelsize="small")


def _first_shown(group: Group, against: Axis) -> float:
    """The share of hypervolume at a tenth of the axis: before it, curves rise too steeply to tell anything."""
    places, curves = curves_against(group, against)
    if not len(places):
        return 1.0
    start: Floats = np.quantile(1 - curves, 0.25, axis=0)
    return float(start[np.searchsorted(places, places[-1] * (0.02 if against == "evaluations" else 0.0))])


def _alpha(comparison: Comparison) -> float:
    """Bands of many optimizers cover each other: the more there are, the fainter."""
    return float(np.clip(0.9 / max(len(comparison.groups), 1), 0.06, 0.2))
