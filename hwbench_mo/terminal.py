"""What commands print: tables and colours where standard output is a terminal, plain text where it is not.

Colours and boxes need rich, which the extra ``terminal`` brings; without rich, and wherever output goes to a file, a
pipe or a dumb terminal, the text is plain. ``NO_COLOR`` takes the colours away and leaves the boxes.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

GOOD, BAD, BUSY, STRONG, BLOCK = "green", "bold red", "yellow", "bold", "cyan"
"""Styles, by what they say."""
NONE = "-"
"""A cell of nothing."""
FEWEST = 13
"""Letters of a column of words, at least, if it has so many."""
MOST_NAME = 32
"""Of a first column, which has names: they are not folded if they have no more."""
GAP = 2
"""Spaces between columns."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table of words and numbers."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: Sequence[int] = (0,)
    """Columns of words, which are set to the left; the others to the right."""
    title: str = ""
    styles: Sequence[str] = ()
    """Of each row; none by default."""
    cell_styles: dict[tuple[int, int], str] = field(default_factory=dict)
    """By row and column."""
    sums: Sequence[str] = ()
    """A last row."""
    by_first: bool = False
    """Whether a terminal shows the first column as lines above the rows that have it."""

    def __str__(self) -> str:
        """In plain text, its columns two spaces apart.

        >>> print(Grid(headings=["name", "n"], rows=[["a", "12"], ["long", "3"]], sums=["all", "15"]))
        name   n
        a     12
        long   3
        all   15
        """
        lines = [self.headings, *self.rows, *([self.sums] if self.sums else [])]
        widths = _widths(self, range(len(self.headings)))
        shown = [
            "  ".join(
                cell.ljust(width) if at in self.left else cell.rjust(width)
                for at, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        return "\n".join([*([self.title] if self.title else []), *shown])


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody looks at it: a terminal that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "") not in ("dumb", "unknown")


def console(stream: TextIO | None = None) -> "Console | None":
    """The console of a terminal; None where text is to be plain.

    Parameters
    ----------
    stream
        Standard output by default.
    """
    stream = sys.stdout if stream is None else stream
    if not is_terminal(stream) or "utf" not in (stream.encoding or "").lower():
        return None
    try:
        from rich.console import Console
    except ModuleNotFoundError:
        return None
    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=False)


def rendered(grid: Grid, stream: TextIO | None = None) -> str:
    """A table as a stream shows it. Words that come from files are to be made printable by the caller."""
    to = console(stream)
    if to is None:
        return str(grid)
    with to.capture() as captured:
        draw(grid, to)
    return captured.get().rstrip("\n")


def show(grid: Grid, stream: TextIO | None = None) -> None:
    """Print a table: see `rendered`."""
    print(rendered(grid, stream), file=stream)


def draw(grid: Grid, to: "Console") -> None:
    """Print a table on a terminal. Where it is too wide, columns of nothing are left out, and then words are folded."""
    columns = list(range(grid.by_first, len(grid.headings)))
    if sum(_widths(grid, columns)) + GAP * len(columns) > to.width:
        columns = [at for at in columns if not grid.rows or any(row[at] != NONE for row in grid.rows)]
    if grid.title:
        to.print(grid.title, style=STRONG)
    if not grid.by_first:
        to.print(_table(grid, columns, range(len(grid.rows))))
        return
    blocks: dict[str, list[int]] = {}
    for place, row in enumerate(grid.rows):
        blocks.setdefault(row[0], []).append(place)
    to.print(_table(grid, columns, []))
    for block, places in blocks.items():
        to.print(block, style=BLOCK)
        to.print(_table(grid, columns, places, headed=False))
    if grid.sums:
        to.print()
        to.print(_table(grid, columns, [], headed=False, summed=True))


def _widths(grid: Grid, columns: Iterable[int]) -> list[int]:
    lines = [grid.headings, *grid.rows, *([grid.sums] if grid.sums else [])]
    return [max(len(line[at]) for line in lines) for at in columns]


def _table(
    grid: Grid, columns: Sequence[int], places: Sequence[int], *, headed: bool = True, summed: bool | None = None
) -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    summed = bool(grid.sums) and not grid.by_first if summed is None else summed
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        show_header=headed,
        header_style=STRONG,
        pad_edge=False,
        collapse_padding=True,
    )
    for at, width in zip(columns, _widths(grid, columns), strict=True):
        in_words = at in grid.left
        table.add_column(
            Text(grid.headings[at]),
            justify="left" if in_words else "right",
            overflow="fold",
            no_wrap=not in_words,
            min_width=width if grid.by_first or not in_words else min(width, MOST_NAME if at == 0 else FEWEST),
        )
    for place in places:
        cells = [Text(grid.rows[place][at], style=grid.cell_styles.get((place, at), "")) for at in columns]
        table.add_row(*cells, style=grid.styles[place] if grid.styles else "")
    if summed:
        table.add_section()
        table.add_row(*(Text(grid.sums[at]) for at in columns), style=STRONG)
    return table
