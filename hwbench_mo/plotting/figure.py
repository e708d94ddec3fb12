"""Figures and axes in the project's style, and the files that they are saved to."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.errors import InputError, unknown
from hwbench_mo.extras import how_to_install
from hwbench_mo.files import replaced_file
from hwbench_mo.targets import Target
from hwbench_mo.typing import Floats

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


FORMS: dict[str, dict[str, None]] = {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}
"""Forms of pictures, and what is left out of their metadata."""


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure of that many inches.

    Raises
    ------
    InputError
        If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise InputError(f"pictures need matplotlib: {how_to_install('harness')}") from None
    return Figure(figsize=(width, height), layout="constrained")


def panels(titles: Sequence[str], *, columns: int = 6, size: float = 2.2) -> "tuple[Figure, list[Axes]]":
    """A figure with a small square panel under each title, in at most so many columns."""
    columns = min(columns, len(titles))
    rows = -(-len(titles) // columns)
    figure = new_figure(max(size * columns, 4.5), size * rows + 0.9)
    axes = list(np.ravel(figure.subplots(rows, columns)))
    for surplus in axes[len(titles) :]:
        surplus.remove()
    for one, title in zip(axes, titles, strict=False):
        one.set_title(title, fontsize="small")
        one.tick_params(labelsize="x-small")
        tidy(one)
    return figure, axes[: len(titles)]


def tidy(axes: "Axes") -> None:
    """A faint grid, and no frame above and to the right."""
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)


def tight(axes: "Axes") -> None:
    """No place to the left and right of what is drawn, unless it is all at one place."""
    if axes.dataLim.width > 0:
        axes.margins(x=0)


def legend_below(
    figure: "Figure", handles: "Sequence[Artist]", names: Sequence[str], *, columns: int = 5, markerscale: float = 1
) -> None:
    """One legend for all panels, below them, where it hides no data."""
    figure.legend(
        handles,
        names,
        loc="outside lower center",
        ncols=columns,
        frameon=False,
        markerscale=markerscale,
        fontsize="small",
    )


def label_figure(
    figure: "Figure",
    *,
    x: str,
    y: str,
    title: str,
    handles: "Sequence[Artist]",
    names: Sequence[str],
    markerscale: float = 1,
) -> None:
    """A title, axis labels that hold for all panels, and one legend below them."""
    legend_below(figure, handles, names, markerscale=markerscale)
    figure.supxlabel(f"{x}\n", fontsize="medium", linespacing=1.6)  # a line further up, where the legend is not
    figure.supylabel(y, fontsize="medium")
    figure.suptitle(title, fontsize="medium")


def save_picture(figure: "Figure", path: Path, *, dpi: int = 110) -> None:
    """Write a picture in place of one that may be there; whole or not at all. A PNG has few colours, and so few bytes.

    The form is that of the name: png, pdf or svg. Two of the same figure have the same bytes.

    Raises
    ------
    InputError
        If the name ends otherwise.
    """
    form = path.suffix[1:].lower()
    if form not in FORMS:
        raise unknown("picture format", form, FORMS)
    buffer = io.BytesIO()
    # The date alone would make two pictures of the same figure differ.
    figure.savefig(buffer, dpi=dpi, format=form, metadata=FORMS[form])
    with replaced_file(path) as scratch:
        if form != "png":
            scratch.write_bytes(buffer.getvalue())
            return
        from PIL import Image

        image = Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE)
        image.save(scratch, format="png", optimize=True, dpi=(dpi, dpi))


def readable(target: str, values: Floats) -> tuple[float, str]:
    """A factor that makes values short numbers, and the target's name with the unit that goes with the factor.

    >>> readable("energy@h100", np.array([0.0006, 0.0009]))
    (1000.0, 'energy@h100 (mWh)')
    >>> readable("latency@h100", np.array([0.02]))
    (1.0, 'latency@h100 (ms)')
    >>> readable("params", np.array([3e7, 2e8]))
    (1e-06, 'params (millions)')
    """
    label = Target.parse(target).label
    for size, name in ((1e9, "billions"), (1e6, "millions")):
        if label == target and np.max(np.abs(values)) >= size:
            return 1 / size, f"{label} ({name})"
    if label.endswith("(Wh)") and np.max(np.abs(values)) < 0.1:
        return 1000.0, label.replace("(Wh)", "(mWh)")
    return 1.0, label
