"""The pictures of docs/results/study.md."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.assessment import Comparison
from hwbench_mo.assessment.ranks import rankings
from hwbench_mo.plotting import GREY, Style, new_figure, styles_of, tidy
from hwbench_mo.typing import Floats, Ints
from studies.main_study.tables import SPACES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GAP = 0.033
"""Between labels, as a share of the height of the axes."""


def plot_curves(comparisons: Sequence[Comparison], *, title: str) -> "Figure":
    """Regret over evaluations, a panel a space; each line ends at its label."""
    from matplotlib.ticker import LogLocator

    labels = sorted({group.label for one in comparisons for group in one.groups})
    styles = styles_of(labels)
    figure = new_figure(15, 5.6)
    panels: list[Axes] = list(np.ravel(figure.subplots(1, len(SPACES), sharey=True)))
    for axes, space in zip(panels, SPACES, strict=True):
        own = [one for one in comparisons if one.problem.space.name == space]
        ends: dict[str, float] = {}
        for label in labels:
            if (curve := _mean_curve(own, label)) is None:
                continue
            evaluations, regrets = curve
            style = styles[label]
            axes.plot(evaluations, regrets, color=style.colour, linestyle=style.dashes, linewidth=1.3)
            ends[label] = float(regrets[-1])
        last = own[0].budget
        axes.set(
            xscale="log", yscale="log", xlim=(10, last), xlabel="evaluations", title=f"{space} ({len(own)} problems)"
        )
        axes.xaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_locator(LogLocator(subs=(2, 3, 5, 7)))
        for formatter in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
            formatter("{x:g}")
        tidy(axes)
        axes.tick_params(which="both", labelsize="small")
    panels[0].set_ylabel("hypervolume regret")
    figure.draw_without_rendering()
    for axes, space in zip(panels, SPACES, strict=True):
        own = [one for one in comparisons if one.problem.space.name == space]
        found = {label: _mean_curve(own, label) for label in labels}
        _label_ends(axes, {label: float(curve[1][-1]) for label, curve in found.items() if curve}, styles)
    figure.suptitle(title, fontsize="medium")
    return figure


def _label_ends(axes: "Axes", ends: dict[str, float], styles: Mapping[str, Style]) -> None:
    """Names to the right of the axes, at the heights of the ends of lines, or as near as legible."""
    low, high = np.log(axes.get_ylim())
    wanted = {label: (np.log(end) - low) / (high - low) for label, end in ends.items()}
    ordered = sorted(wanted, key=lambda label: wanted[label])
    places = spread([wanted[label] for label in ordered], GAP)
    for label, place in zip(ordered, places, strict=True):
        colour = styles[label].colour
        axes.annotate(
            "",
            (1.0, wanted[label]),
            (1.035, place),
            xycoords="axes fraction",
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.6},
        )
        axes.text(1.04, place, short(label), transform=axes.transAxes, color=colour, fontsize="x-small", va="center")


def short(label: str) -> str:
    """As it is written in a picture."""
    return label.replace("random_search (multiple=4)", "random x 4").replace(" (priority=as_published)", ", published")


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Ascending places, moved as little as needed for neighbours to be so far apart.

    >>> [round(place, 2) for place in spread([0.5, 0.5, 0.9], 0.1)]
    [0.45, 0.55, 0.9]
    """
    blocks: list[list[float]] = []  # of each, the places that it wants for its first member
    for place in places:
        blocks.append([place])
        while len(blocks) > 1 and np.mean(blocks[-2]) + gap * len(blocks[-2]) > np.mean(blocks[-1]):
            later = blocks.pop()
            blocks[-1] += [wanted - gap * len(blocks[-1]) for wanted in later]
    return [float(np.mean(block)) + gap * place for block in blocks for place in range(len(block))]


def _mean_curve(comparisons: Sequence[Comparison], label: str) -> tuple[Ints, Floats] | None:
    """The geometric mean over problems of the median regrets, up to the common budget."""
    groups = [group for one in comparisons for group in one.groups if group.label == label]
    if len(groups) < len(comparisons) or not groups:
        return None
    budget = comparisons[0].budget
    common = set.intersection(*(set(group.evaluations.tolist()) for group in groups))
    evaluations = np.array(sorted(n for n in common if n <= budget))
    medians = [[np.median(group.at(int(n))) for n in evaluations] for group in groups]
    return evaluations, np.exp(np.mean(np.log(np.maximum(medians, 1e-9)), axis=0))


def plot_ranks(parts: Sequence[tuple[str, Sequence[Comparison]]]) -> "Figure":
    """Mean ranks with the range of ranks over problems; the bar is Nemenyi's critical difference from the best."""
    from matplotlib.ticker import MaxNLocator

    figure = new_figure(11, 4.8)
    for axes, (title, comparisons) in zip(np.ravel(figure.subplots(1, len(parts))), parts, strict=True):
        ranking, *_ = rankings(comparisons)
        styles = styles_of(ranking.optimizers)
        best, reach = ranking.mean_ranks[0], ranking.critical_difference
        axes.axvspan(best, best + reach, color=GREY, alpha=0.15, linewidth=0)
        for height, (label, mean) in enumerate(zip(ranking.optimizers, ranking.mean_ranks, strict=True)):
            ranks, style = ranking.ranks[:, height], styles[label]
            axes.plot([ranks.min(), ranks.max()], [height, height], color=style.colour, linewidth=1)
            axes.plot(mean, height, style.marker, color=style.colour, markersize=6)
        axes.set_yticks(
            range(len(ranking.optimizers)), [short(label) for label in ranking.optimizers], fontsize="small"
        )
        axes.set(xlabel="rank among problems: mean, and least to greatest", title=title)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylim(len(ranking.optimizers) - 0.4, -0.6)
        tidy(axes)
    return figure
