"""Labels at the ends of lines, in place of a legend: they cover neither data nor each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.typing import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

SMALLEST = 5.0
"""Points; letters of labels get smaller until all have place, but not smaller than this."""
LINE = 1.15
"""The height of a line of letters, in their size."""
GAP = 0.05
"""Between the axes and the labels, as a share of the axes' width."""


@dataclass(frozen=True)
class End:
    """Where a line ends, in the axes' data, and what it is of."""

    x: float
    y: float
    label: str
    colour: str


def spread(wanted: Floats, heights: Floats, /, *, low: float = 0.0, high: float = 1.0) -> Floats:
    """``[k]``; centres of labels nearest to the wanted ones, by least squares, in their order, without overlap.

    They stay between ``low`` and ``high``, as long as there is place for all; else they go on above.

    >>> spread(np.array([0.5, 0.5, 0.1]), np.array([0.2, 0.2, 0.2])).round(6).tolist()
    [0.4, 0.6, 0.1]
    """
    order = np.argsort(wanted, kind="stable")
    size = heights[order]
    offsets = np.cumsum(size) - size / 2  # of centres, if all labels touch
    blocks: list[tuple[float, int]] = []  # of pool-adjacent-violators: the mean start of labels that touch, how many
    for start in wanted[order] - offsets:
        mean, n = float(start), 1
        while blocks and blocks[-1][0] >= mean:
            before, m = blocks.pop()
            mean, n = (before * m + mean * n) / (m + n), m + n
        blocks.append((mean, n))
    starts = np.repeat([mean for mean, _ in blocks], [n for _, n in blocks])
    starts = np.clip(starts, low, max(high - float(size.sum()), low))
    found: Floats = np.empty(len(wanted))
    found[order] = starts + offsets
    return found


def label_ends(figure: "Figure", ends: "Mapping[Axes, Sequence[End]]", /) -> None:
    """Write what lines are of to the right of their axes, each joined to the end of its line by a thin line.

    To be called when all else is drawn: labels are set apart in the figure's final layout.
    """
    notes = {axes: [_note(axes, end) for end in own] for axes, own in ends.items()}
    figure.draw_without_rendering()
    for axes, own in notes.items():
        if own:
            _set_apart(figure, axes, own)


def _note(axes: "Axes", end: End) -> "Annotation":
    low, high = sorted(axes.get_ylim())
    axes.plot([end.x], [end.y], ".", color=end.colour, zorder=5)
    return axes.annotate(
        end.label,
        (end.x, float(np.clip(end.y, low, high))),
        (1 + GAP, 0.5),
        xycoords="data",
        textcoords="axes fraction",
        ha="left",
        va="center",
        fontsize="small",
        color="0.1",
        linespacing=0.95,
        annotation_clip=False,
        arrowprops={
            "arrowstyle": "-",
            "color": end.colour,
            "linewidth": 0.5,
            "relpos": (0, 0.5),  # of the label's box: the middle of its left side
            "shrinkA": 1,
            "shrinkB": 0,
        },
    )


def _set_apart(figure: "Figure", axes: "Axes", notes: "Sequence[Annotation]") -> None:
    box = axes.get_window_extent()
    lines: Floats = np.array([note.get_text().count("\n") + 1.0 for note in notes])
    room = 1.06 * box.height * 72 / figure.dpi  # points
    size = max(SMALLEST, min(float(notes[0].get_fontsize()), room / (LINE * float(lines.sum()))))
    heights: Floats = lines * (LINE * size * figure.dpi / 72 / box.height)
    wanted = np.array([(axes.transData.transform(note.xy)[1] - box.y0) / box.height for note in notes])
    for note, place in zip(notes, spread(wanted, heights, low=-0.03, high=1.03), strict=True):
        note.set_fontsize(size)
        note.set_position((1 + GAP, place))
