"""Tables of results as a terminal shows them; elsewhere they are plain text."""

from experiments.reports.text import printable
from hwbench_mo.assessment.table import BEST, EVEN, MARKS, Table, as_text
from hwbench_mo.terminal import GOOD, STRONG, Grid, console, draw

STYLES = {BEST: f"{STRONG} {GOOD}", EVEN: GOOD}
MOST_ROWS = 40
"""Of a block, at most."""


def show_table(table: Table) -> None:
    """Print it. The best is marked with ``*``, what is not significantly worse with ``=``, in colours, too."""
    to = console()
    if to is None:
        print("\n".join(map(printable, as_text(table, most_rows=MOST_ROWS).split("\n"))))
        return
    to.print(printable(table.caption), style=STRONG)
    for block, rows in table.blocks():
        to.print()
        draw(_grid(table, block, rows[:MOST_ROWS]), to)
        if len(rows) > MOST_ROWS:
            to.print(f"… and {len(rows) - MOST_ROWS} more, in the file")
    for words in table.words:
        to.print()
        to.print(printable(words))


def _grid(table: Table, block: str, rows: list[tuple[str, list[str]]]) -> Grid:
    """Cells that have a standing of their own end with its mark already; rows that have one begin with it."""
    headings = list(table.shown)
    marked = table.standing in table.data.columns
    styles: dict[tuple[int, int], str] = {}
    for place, (_, cells) in enumerate(rows):
        for at, heading in enumerate(headings):
            for standing, mark in MARKS.items() if heading in table.cells else ():
                if cells[at].endswith(mark):
                    styles[place, at + marked] = STYLES[standing]
    shown = [[MARKS.get(standing, "")] * marked + [printable(cell) for cell in cells] for standing, cells in rows]
    left = [at + marked for at, heading in enumerate(headings) if heading in table.left]
    return Grid(
        headings=[""] * marked + headings,
        rows=shown,
        left=[0, *left] if marked else left,
        title=printable(block),
        styles=[STYLES.get(standing, "") for standing, _ in rows],
        cell_styles=styles,
    )
