"""The critical-difference diagram of mean ranks (Demšar, 2006)."""

from typing import TYPE_CHECKING

import numpy as np

from experiments.reports.pictures.names import MOST
from experiments.reports.text import for_picture
from hwbench_mo.assessment.ranks import Ranking
from hwbench_mo.plotting import SCREEN, Page, new_figure, styles_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 1.9
"""The height of a row, in letters."""


def plot_critical_difference(ranking: Ranking, page: Page = SCREEN) -> "Figure":
    """Mean ranks on an axis, 1 at the left; optimizers that a bar joins cannot be told apart.

    Names stand in one column a side: the better half to the left, the other to the right.
    """
    names = ranking.optimizers[:MOST]
    mean = ranking.mean_ranks[: len(names)]
    bars = [bar for bar in ranking.alike if bar[0] in names]
    n_left = (len(names) + 1) // 2
    width = page.inches(7.5)
    texts = [
        f"{page.wrapped(for_picture(name), on_screen=width, share=0.22)}  {rank:.2f}"
        for name, rank in zip(names, mean, strict=True)
    ]
    lines = max(text.count("\n") + 1 for text in texts)
    row = page.letters * ROW / 72
    gap = max(1.0, (0.5 + lines) / ROW)  # between names, in rows
    levels = _levels([(names.index(bar[0]), min(names.index(bar[0]) + len(bar), len(names)) - 1) for bar in bars])
    depth = 0.7 + 0.45 * (max(levels, default=-1) + 1)  # of all bars, in rows
    figure = new_figure(width, row * (n_left * gap + depth + 2.8) + page.letters / 10 * 0.75)
    axes = figure.subplots()
    low, high = float(np.floor(mean[0])), float(np.ceil(mean[-1]))
    low, high = (low, high) if high > low else (low, low + 1)
    span = high - low
    axes.set(xlim=(low - 0.62 * span, high + 0.62 * span), ylim=(n_left * gap + depth + 0.2, -2.6))
    axes.axis("off")
    axes.plot([low, high], [0, 0], color="0.1", linewidth=1, clip_on=False)
    for tick in _ticks(low, high):
        axes.plot([tick, tick], [0, -0.2], color="0.1", linewidth=0.8)
        axes.text(tick, -0.35, f"{tick:g}", ha="center", va="bottom", fontsize="small")
    styles = styles_of(names)
    for place, (name, rank) in enumerate(zip(names, mean, strict=True)):
        is_left = place < n_left
        y = depth + gap * (place if is_left else len(names) - 1 - place) + 0.5
        x = low - 0.06 * span if is_left else high + 0.06 * span
        colour = styles[name].colour
        axes.plot([rank, rank, x], [0, y, y], color=colour, linewidth=1, zorder=1)
        axes.plot([rank], [0], "o", color=colour, markersize=3.5, zorder=4)
        axes.annotate(
            texts[place],
            (x, y),
            (-3 if is_left else 3, 0),
            textcoords="offset points",
            ha="right" if is_left else "left",
            va="center",
            fontsize="small",
        )
    for bar, level in zip(bars, levels, strict=True):
        start = names.index(bar[0])
        end = min(start + len(bar), len(names)) - 1
        y = 0.5 + 0.45 * level
        margin = 0.012 * span
        axes.plot([mean[start] - margin, mean[end] + margin], [y, y], color="0.1", linewidth=2.8, zorder=3)
    _scale(axes, ranking.critical_difference, low, span)
    figure.suptitle("\n".join(page.wrapped(line, on_screen=width) for line in _title(ranking)), fontsize="medium")
    return figure


def _title(ranking: Ranking) -> list[str]:
    n, k = ranking.ranks.shape
    lines = [f"{for_picture(ranking.scope)}: mean ranks on {n} problems, 1 is best (Friedman p = {ranking.p:.2g})"]
    joined = "a bar joins what cannot be told apart (Nemenyi, 5 %)" if ranking.alike else "all can be told apart"
    lines.append(joined)
    if k > MOST:
        lines.append(f"the best {MOST} of {k} optimizers")
    if ranking.missing:
        lines.append(f"left out, without runs on all of them: {len(ranking.missing)} optimizers")
    return lines


def _levels(bars: list[tuple[int, int]]) -> list[int]:
    """For each bar the first level on which no earlier bar ends at or after its start."""
    ends: list[int] = []
    levels = []
    for start, end in bars:
        level = next((i for i, last in enumerate(ends) if last < start), len(ends))
        if level == len(ends):
            ends.append(end)
        ends[level] = end
        levels.append(level)
    return levels


def _ticks(low: float, high: float) -> list[float]:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if (high - low) / step <= 9)
    return [float(tick) for tick in np.arange(low, high + 1e-9, step)]


def _scale(axes: "Axes", difference: float, low: float, span: float) -> None:
    """How long the critical difference is, above the axis."""
    shown = min(difference, 1.2 * span)
    y = -1.55
    axes.plot([low, low + shown], [y, y], color="0.1", linewidth=1)
    for end in (low, low + shown):
        axes.plot([end, end], [y - 0.15, y + 0.15], color="0.1", linewidth=1)
    cut = " (cut)" if shown < difference else ""
    axes.annotate(
        f"critical difference {difference:.2f}{cut}",
        (low, y),
        (0, 2),
        textcoords="offset points",
        ha="left",
        va="bottom",
        fontsize="small",
    )
