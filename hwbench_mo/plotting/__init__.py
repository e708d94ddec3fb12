"""One style for every picture of the project; matplotlib is imported when a picture is drawn."""

from hwbench_mo.plotting.colours import colour_of
from hwbench_mo.plotting.direct_labels import End, label_ends
from hwbench_mo.plotting.figure import (
    label_figure,
    legend_below,
    new_figure,
    panels,
    readable,
    save_picture,
    tidy,
    tight,
)
from hwbench_mo.plotting.page import SCREEN, Page, inches_of
from hwbench_mo.plotting.style import COLOURS, FRONT, GREY, Style, styles_of

__all__ = [
    "COLOURS",
    "FRONT",
    "GREY",
    "SCREEN",
    "End",
    "Page",
    "Style",
    "colour_of",
    "inches_of",
    "label_ends",
    "label_figure",
    "legend_below",
    "new_figure",
    "panels",
    "readable",
    "save_picture",
    "styles_of",
    "tidy",
    "tight",
]
