"""Pictures of how predictions fared: calibration, predicted against measured, and all methods at a glance."""

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.targets import Target, in_order
from hwbench_mo.typing import Floats
from hwbench_mo.validation.folds import CORNERS
from hwbench_mo.validation.scores import LEVELS, Outcome
from hwbench_mo.validation.table import Place
from hwbench_mo.validation.units import OURS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito's colours, which people with any colour vision tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v")
GREY = "#666666"
MOST_POINTS = 500
"""A panel: more are not told apart."""


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure, inches."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise InputError("pictures need matplotlib: pip install matplotlib") from None
    return Figure(figsize=(width, height), layout="constrained")


def label_figure(
    figure: "Figure",
    *,
    x: str,
    y: str,
    title: str,
    handles: Sequence[Any],
    names: Sequence[str],
    markerscale: float = 1,
) -> None:
    """Title, axis labels for all panels, and below them one legend."""
    figure.legend(
        handles, names, loc="outside lower center", ncols=5, frameon=False, markerscale=markerscale, fontsize="small"
    )
    figure.supxlabel(f"{x}\n", fontsize="medium", linespacing=1.6)  # a line further up, where the legend is not
    figure.supylabel(y, fontsize="medium")
    figure.suptitle(title, fontsize="medium")


def save_picture(figure: "Figure", path: Path) -> None:
    """A PNG of few colours, and so of few bytes; replaced as a whole."""
    from PIL import Image

    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=110, format="png")
    image = Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}-{os.getpid()}")
    image.save(scratch, format="png", optimize=True)
    os.replace(scratch, path)


def grid_of(targets: Sequence[str], *, columns: int = 6, size: float = 2.2) -> "tuple[Figure, list[Axes]]":
    """A panel a target, with its name above; surplus panels are left away."""
    columns = min(columns, len(targets))
    rows = -(-len(targets) // columns)
    figure = new_figure(max(size * columns, 4.5), size * rows + 0.9)
    axes = list(np.ravel(figure.subplots(rows, columns)))
    for extra in axes[len(targets) :]:
        extra.remove()
    for one, target in zip(axes, targets, strict=False):
        one.set_title(target, fontsize="small")
        one.tick_params(labelsize="x-small")
        one.grid(alpha=0.25)
        one.spines[["top", "right"]].set_visible(False)
    return figure, axes[: len(targets)]


def readable(target: str, values: Floats) -> tuple[float, str]:
    """A factor that makes numbers short, and the target's label with the unit that goes with it."""
    label = Target.parse(target).label
    if label.endswith("(Wh)") and values.max() < 0.1:
        return 1000.0, label.replace("(Wh)", "(mWh)")
    return 1.0, label


def method_styles(methods: Sequence[str]) -> dict[str, tuple[str, object, str]]:
    """Colour, dashes and marker by name; ours is the first."""
    return {name: (COLOURS[i], DASHES[i % len(DASHES)], MARKERS[i % len(MARKERS)]) for i, name in enumerate(methods)}


def plot_calibration(outcomes: Mapping[Place, Outcome], space: str, split: str, labels: Mapping[str, str]) -> "Figure":
    """Coverage minus level over levels, a panel a target: the PIT's distribution function, less the diagonal."""
    figure, axes = grid_of(_targets(outcomes, space, split))
    handles: dict[str, Any] = {}
    widest = 0.03
    for one, target in zip(axes, _targets(outcomes, space, split), strict=True):
        one.axhspan(-0.02, 0.02, color="#dddddd", linewidth=0)
        for method, (colour, dashes, _) in method_styles(list(labels)).items():
            outcome = outcomes.get(Place(space, split, target, method))
            if outcome is not None:
                above = outcome.coverage - LEVELS
                width = 1.8 if method == OURS else 1.1
                (handles[labels[method]],) = one.plot(
                    LEVELS, above, color=colour, linestyle=dashes, linewidth=width, zorder=3 if method == OURS else 2
                )
                widest = max(widest, float(np.abs(above).max()))
    for one in axes:
        one.set(ylim=(-min(widest, 0.25), min(widest, 0.25)), xlim=(0, 1), xticks=(0, 0.5, 1))
    label_figure(
        figure,
        x="level of the predicted quantile",
        y="share of measurements below it − level",
        title=f"{space}: calibration on architectures kept from the fit (0 is perfect; grey: ±0.02)",
        handles=list(handles.values()),
        names=list(handles),
    )
    return figure


def plot_predicted(outcomes: Mapping[Place, Outcome], measured: Measurements, split: str) -> "Figure":
    """Predicted median over measured centre, a panel a target, of some held-out architectures."""
    name = measured.space.name
    targets = _targets(outcomes, name, split)
    figure, axes = grid_of(targets)
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
                centre[rows], median[rows], MARKERS[e], color=COLOURS[e], markersize=1.8, markeredgewidth=0, alpha=0.7
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
        title=f"{name}: predicted against measured, architectures kept from the fit",
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
    """CRPS of each peer divided by ours, a line a target, in the folds and in the corners."""
    here = table[table["space"] == space]
    splits = [one for one in (split, CORNERS) if (here["split"] == one).any()]
    targets = list(dict.fromkeys(here["target"]))[::-1]
    figure = new_figure(4.2 * len(splits) + 1.5, 0.2 * len(targets) + 1.8)
    panels = np.ravel(figure.subplots(1, len(splits), sharey=True))
    for one, panel in zip(panels, splits, strict=True):
        rows = here[here["split"] == panel]
        ours = rows[rows["method"] == OURS].set_index("target")["crps"]
        for method, (colour, _, marker) in method_styles(list(labels)).items():
            own = rows[rows["method"] == method].set_index("target")["crps"]
            if method != OURS and len(own):
                ratio = own / ours.loc[own.index]
                y = [targets.index(target) for target in own.index]
                one.plot(ratio, y, marker, color=colour, markersize=5, label=labels[method], alpha=0.85)
        one.axvline(1, color="black", linewidth=1)
        one.set(xscale="log", title={CORNERS: "corners", split: "at random"}[panel])
        one.set_yticks(range(len(targets)), targets, fontsize="small")
        _plain_x(one)
        one.grid(alpha=0.25)
        one.spines[["top", "right"]].set_visible(False)
    handles, names = panels[0].get_legend_handles_labels()
    label_figure(
        figure,
        x="CRPS ÷ the surrogates' CRPS (right of the line: the surrogates are better)",
        y="",
        title=f"{space}: error of the peers relative to the surrogates",
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
                f"{space}: CRPS of the peers relative to ours",
                plot_overview(table, space, split, labels),
            )
        yield f"calibration-{space}", f"{space}: calibration", plot_calibration(outcomes, space, split, labels)
        yield f"predicted-{space}", f"{space}: predicted against measured", plot_predicted(outcomes, here, split)
