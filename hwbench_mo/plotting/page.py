"""How wide a picture is printed, and what follows: sizes of letters and lines, and whether panels are stacked."""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass

from hwbench_mo.errors import InputError

UNITS = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72.27}
"""Inches of a unit; a point is LaTeX's."""
NARROWEST, WIDEST = 2.5, 24.0
"""Inches that a picture can have: letters of narrower ones would cover each other."""
COLUMN = 5.0
"""Inches below which a picture is of one column of a paper: panels are stacked."""


@dataclass(frozen=True)
class Page:
    """Where a picture is shown. Without a width, on a screen."""

    width: float | None = None
    """Inches; as printed, without scaling."""

    @property
    def is_narrow(self) -> bool:
        """Whether there is place for one panel only."""
        return self.width is not None and self.width < COLUMN

    @property
    def letters(self) -> float:
        """Points of ordinary letters; those of ticks and labels are a sixth smaller, and legible in print."""
        if self.width is None:
            return 10.0
        return 7.5 if self.is_narrow else min(10.0, 8.0 + max(self.width - 6.5, 0) * 0.6)

    @property
    def dpi(self) -> int:
        """Of raster pictures: enough for print, where the picture is for print."""
        return 150 if self.width is None else 300

    def inches(self, on_screen: float) -> float:
        """The width of a picture that has so many inches on a screen."""
        return on_screen if self.width is None else self.width

    def grid(self, panels: int) -> tuple[int, int]:
        """Rows and columns of panels that stand beside each other where there is place."""
        return (panels, 1) if self.is_narrow else (1, panels)

    def wrapped(self, text: str, *, on_screen: float = 10.0, share: float = 1.0) -> str:
        """In lines that fit a share of the width: broken after spaces, commas and equals signs, never within words.

        >>> Page(3.3).wrapped("morea (priority=as_published)", share=0.3).split("\\n")
        ['morea (priority=', 'as_published)']
        """
        most = max(int(self.inches(on_screen) * share * 72 / (0.52 * self.letters)), 12)
        lines = [""]
        for word in re.split(r"(?<=[ =,])", text):
            if lines[-1] and len((lines[-1] + word).rstrip()) > most:
                lines.append("")
            lines[-1] += word
        return "\n".join(line.rstrip() for line in lines)

    def styled(self) -> AbstractContextManager[None]:
        """Draw and save within it: sizes that fit the width, and fonts that journals accept in PDF (TrueType)."""
        from matplotlib import rc_context

        thin = self.letters / 10
        return rc_context(
            {
                "font.size": self.letters,
                "axes.labelsize": "medium",
                "axes.titlesize": "medium",
                "xtick.labelsize": "small",
                "ytick.labelsize": "small",
                "lines.linewidth": 1.5 * thin,
                "axes.linewidth": 0.8 * thin,
                "grid.linewidth": 0.6 * thin,
                "lines.markersize": 6 * thin,
                "figure.constrained_layout.h_pad": 0.03,
                "figure.constrained_layout.w_pad": 0.03,
                "pdf.fonttype": 42,
                "svg.hashsalt": "hwbench_mo",
            }
        )


SCREEN = Page()
"""Not for print."""


def inches_of(text: str, /) -> float:
    """A width with its unit, in inches.

    Raises
    ------
    InputError
        If it is no width, or not from 2.5 to 24 inches.

    Examples
    --------
    >>> inches_of("3.3in"), round(inches_of("84mm"), 2)
    (3.3, 3.31)
    """
    found = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*([a-z]+)\s*", text)
    if not found or found[2] not in UNITS:
        raise InputError(f"width is {text!r}, but must be a number with one of {', '.join(UNITS)}, such as 3.3in")
    inches = float(found[1]) * UNITS[found[2]]
    if not NARROWEST <= inches <= WIDEST:
        raise InputError(f"width is {text.strip()}, but must be from {NARROWEST:g} to {WIDEST:g} inches")
    return inches
