"""Pictures of scores: calibration, predicted against measured, and all methods side by side."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hwbench_mo.measurements.record import Measurements
from hwbench_mo.plotting import COLOURS, FRONT, GREY, Style, label_figure, new_figure, panels, readable, tidy
from hwbench_mo.plotting.style import DASHES, MARKERS
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.targets import in_order
from hwbench_mo.validation.baselines import all_baselines
from hwbench_mo.validation.folds import CORNERS
from hwbench_mo.validation.scores import LEVELS, Outcome
from hwbench_mo.validation.table import Place
from hwbench_mo.validation.units import OURS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_POINTS = 500
"""In a panel, where more could not be told apart."""
STYLES = {name: Style(COLOURS[i], DASHES[i], MARKERS[i]) for i, name in enumerate((OURS, *all_baselines()))}
"""The style of each method in every picture."""


def plot_calibration(outcomes: Mapping[Place, Outcome], space: str, split: str, labels: Mapping[str, str]) -> "Figure":
    """Coverage minus level over levels, a panel a target: the PIT's distribution function, less the diagonal."""
    figure, axes = panels(_targets(outcomes, space, split))
    handles: dict[str, Any] = {}
    widest = 0.03
    for one, target in zip(axes, _targets(outcomes, space, split), strict=True):
        one.axhspan(-0.02, 0.02, color="#dddddd", linewidth=0)
        for method in labels:
            outcome, style = outcomes.get(Place(space, split, target, method)), STYLES[method]
            if outcome is not None:
                above = outcome.coverage - LEVELS
                width = 1.8 if method == OURS else 1.1
                (handles[labels[method]],) = one.plot(
                    LEVELS,
                    above,
                    color=style.colour,
                    linestyle=style.dashes,
                    linewidth=width,
                    zorder=3 if method == OURS else 2,
                )
                widest = max(widest, float(np.abs(above).max()))
    for one in axes:
        one.set(ylim=(-min(widest, 0.25), min(widest, 0.25)), xlim=(0, 1), xticks=(0, 0.5, 1))
    label_figure(
        figure,
        x="level of the predicted quantile",
        y="share of measurements below it − level",
        title=f"{space}: calibration on architectures held out from the fit (0 is perfect; grey: ±0.02)",
        handles=list(handles.values()),
        names=list(handles),
    )
    return figure


def plot_predicted(outcomes: Mapping[Place, Outcome], measured: Measurements, split: str) -> "Figure":
    """Predicted median over the median of the repeats, one panel a target, of some held-out architectures."""
    name = measured.space.name
    targets = _targets(outcomes, name, split)
    figure, axes = panels(targets)
    rng = np.random.default_rng(0)
    handles: dict[str, Any] = {}
    for one, target in zip(axes, targets, strict=True):
        outcome = outcomes[Place(name, split, target, OURS)]
        shown = rng.permutation(len(outcome.rows))[:MOST_POINTS]
        centre, median = measured.centre(target)[outcome.rows][shown], outcome.median[shown]
        width = measured.codes[outcome.rows[shown], EMBED_DIM]
        scale, label = readable(target, centre)
        centre, median = scale * centre, scale * median
        ends = [min(centre.min(), median.min()), max(centre.max(), median.max())]
        one.plot(ends, ends, color=GREY, linewidth=0.8, zorder=1)
        for e, embed_dim in enumerate(measured.space.embed_dim):
            rows = width == e
            (handles[f"embed_dim {embed_dim}"],) = one.plot(
                centre[rows],
                median[rows],
                MARKERS[e % len(MARKERS)],
                color=COLOURS[e % len(COLOURS)],
                markersize=1.8,
                alpha=0.7,
                mew=0,
            )
        if ends[1] > 3 * ends[0]:
            _plain_log(one, ends)
        else:
            one.locator_params(nbins=4)
        one.set_title(label, fontsize="small")
    label_figure(
        figure,
        x="measured: median of the repeats",
        y="predicted median",
        title=f"{name}: predicted against measured, architectures held out from the fit",
        handles=list(handles.values()),
        names=list(handles),
        markerscale=3,
    )
    return figure


def _plain_log(axes: "Axes", ends: Sequence[float]) -> None:
    """Logarithmic axes with a few ticks that read as numbers."""
    from matplotlib.ticker import FixedLocator, NullLocator

    finer = ((1, 2, 5), (1, 1.5, 2, 3, 5, 7))
    choices = [[m * 10.0**p for p in range(-6, 8) for m in one if ends[0] <= m * 10.0**p <= ends[1]] for one in finer]
    ticks: list[float] = []
    for tick in choices[0] if len(choices[0]) > 2 else choices[1]:
        if not ticks or np.log(tick / ticks[-1]) > 0.22 * np.log(ends[1] / ends[0]):  # so that labels have room
            ticks.append(tick)
    axes.set(xscale="log", yscale="log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter("{x:g}")


def plot_overview(table: "pd.DataFrame", space: str, split: str, labels: Mapping[str, str]) -> "Figure":
    """CRPS of each baseline divided by the surrogates', one line a target, at random and in the corners."""
    here = table[table["space"] == space]
    splits = [one for one in (split, CORNERS) if (here["split"] == one).any()]
    targets = list(dict.fromkeys(here["target"]))[::-1]
    figure = new_figure(4.2 * len(splits) + 1.5, 0.2 * len(targets) + 1.8)
    every_axes = np.ravel(figure.subplots(1, len(splits), sharey=True))
    for one, shown in zip(every_axes, splits, strict=True):
        rows = here[here["split"] == shown]
        ours = rows[rows["method"] == OURS].set_index("target")["crps"]
        for method in labels:
            own, style = rows[rows["method"] == method].set_index("target")["crps"], STYLES[method]
            if method != OURS and len(own):
                ratio = own / ours.loc[own.index]
                y = [targets.index(target) for target in own.index]
                one.plot(ratio, y, style.marker, color=style.colour, markersize=5, label=labels[method], alpha=0.85)
        one.axvline(1, color=FRONT, linewidth=1)
        one.set(xscale="log", title={CORNERS: "corners", split: "at random"}[shown])
        one.set_yticks(range(len(targets)), targets, fontsize="small")
        _plain_x(one)
        tidy(one)
    handles, names = every_axes[0].get_legend_handles_labels()
    label_figure(
        figure,
        x="CRPS ÷ the surrogates' CRPS (right of the line: the surrogates are better)",
        y="",
        title=f"{space}: error of the baselines relative to the surrogates",
        handles=handles,
        names=names,
    )
    return figure


def _plain_x(axes: "Axes") -> None:
    from matplotlib.ticker import FixedLocator, NullLocator

    low, high = axes.get_xlim()
    ticks = [t for t in (0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.5, 2, 3, 5, 10, 20, 50, 100) if low <= t <= high]
    if high > 2.5:
        ticks = [tick for tick in ticks if tick in (0.5, 1, 2, 5, 10, 20, 50, 100)]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")


def _targets(outcomes: Mapping[Place, Outcome], space: str, split: str) -> list[str]:
    found = {place.target for place in outcomes if (place.space, place.split, place.method) == (space, split, OURS)}
    return in_order(found)


def score_pictures(
    outcomes: Mapping[Place, Outcome],
    table: "pd.DataFrame",
    measured: Mapping[str, Measurements],
    split: str,
    labels: Mapping[str, str],
) -> "Iterator[tuple[str, str, Figure]]":
    """Name, caption and figure of each picture of this module."""
    for space, here in measured.items():
        if len(labels) > 1:
            yield (
                f"overview-{space}",
                f"{space}: CRPS of the baselines relative to ours",
                plot_overview(table, space, split, labels),
            )
        yield f"calibration-{space}", f"{space}: calibration", plot_calibration(outcomes, space, split, labels)
        yield f"predicted-{space}", f"{space}: predicted against measured", plot_predicted(outcomes, here, split)
