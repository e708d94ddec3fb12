"""A table of results, and its forms: for a terminal, CSV, Markdown and LaTeX."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 100
"""Columns of a terminal that a table fits."""
BEST, EVEN = "best", "even"
"""What a row can be: the best of its problem; or not significantly worse."""
MARKS = {BEST: "*", EVEN: "="}
"""On a terminal."""
_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip
_MARKDOWN = {letter: f"\\{letter}" for letter in "\\`*_[]|#~$"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


@dataclass(frozen=True, eq=False)
class Table:
    """Numbers, how they are shown, and in words what they show and what they do not."""

    name: str
    """Of its files."""
    caption: str
    data: "pd.DataFrame"
    """Everything, for CSV."""
    shown: Mapping[str, Callable[[Any], str]]
    """For people: by the heading of a column, what it shows of a row."""
    words: Sequence[str] = ()
    by: str = ""
    """A column of ``data`` by which rows are set apart, such as the problem."""
    standing: str = "standing"
    """The column of ``data`` that has `BEST` or `EVEN`, if there is one."""
    left: Sequence[str] = field(default=("optimizer",))
    """Headings of columns of words, which are set to the left."""
    cells: Mapping[str, str] = field(default_factory=dict)
    """By the heading of a column, the column of ``data`` that has the standing of its cells, where each column has a
    best of its own."""

    def blocks(self) -> list[tuple[str, list[tuple[str, list[str]]]]]:
        """What rows are set apart by, and of each row its standing and its cells; cells that have a standing of their
        own are marked with ``*`` or ``=``."""
        found: dict[str, list[tuple[str, list[str]]]] = {}
        for block, rows in self._rows().items():
            for row in rows:
                cells = [
                    show(row) + (MARKS.get(str(row[self.cells[heading]]), " ") if heading in self.cells else "")
                    for heading, show in self.shown.items()
                ]
                found.setdefault(block, []).append((str(row.get(self.standing, "")), cells))
        return list(found.items())

    def marked_blocks(self) -> list[tuple[str, list[list[tuple[str, str]]]]]:
        """What rows are set apart by, and of each row the standing and the text of every cell."""
        return [
            (
                block,
                [
                    [
                        (
                            str(row.get(self.cells.get(heading, self.standing), "")) if self._has(heading) else "",
                            show(row),
                        )
                        for heading, show in self.shown.items()
                    ]
                    for row in rows
                ],
            )
            for block, rows in self._rows().items()
        ]

    def _has(self, heading: str) -> bool:
        """Whether cells of the column have a standing: where columns have a best of their own, only theirs."""
        return heading in self.cells or not self.cells

    def _rows(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.data.to_dict("records"):
            found.setdefault(str(row[self.by]) if self.by else "", []).append(
                {str(name): one for name, one in row.items()}
            )
        return found


def as_text(table: Table, *, width: int = WIDTH, most_rows: int = 40) -> str:
    """For a terminal. The best is marked with ``*``, what is not significantly worse with ``=``; of more rows than
    ``most_rows`` in a block the first are shown. Words that come from files are to be made printable by the caller."""
    headings = list(table.shown)
    marked = table.standing in table.data.columns
    lines = _wrapped(table.caption, width)
    for block, rows in table.blocks():
        shown = [cells for _, cells in rows[:most_rows]]
        widths = [max(map(len, column)) for column in zip(headings, *shown, strict=True)]
        excess = sum(widths) + 2 * len(widths) + 2 * marked - width
        if excess > 0:  # the longest column of words gives way
            longest = max((i for i, h in enumerate(headings) if h in table.left), key=lambda i: widths[i], default=0)
            widths[longest] = max(widths[longest] - excess, 12)
        if block:
            lines += ["", *_wrapped(block, width)]
        marks = [" ", *(MARKS.get(standing, " ") for standing, _ in rows)]
        for mark, cells in zip(marks, [headings, *shown], strict=False):
            line = "  ".join(
                _set(cell, wide, head in table.left) for cell, wide, head in zip(cells, widths, headings, strict=True)
            )
            lines.append(f"{mark} {line}".rstrip() if marked else line.rstrip())
        if len(rows) > most_rows:
            lines.append(f"… and {len(rows) - most_rows} more, in the file")
    words = [line for words in table.words for line in _wrapped(words, width)]
    return "\n".join([*lines, *([""] if words else []), *words])


def as_markdown(table: Table) -> str:
    """The best of a block in bold, what is not significantly worse in italics."""
    headings = list(table.shown)
    lines = [_markdown(table.caption), ""]
    for block, rows in table.marked_blocks():
        if block:
            lines += [f"### {_markdown(block)}", ""]
        lines.append("| " + " | ".join(map(_markdown, headings)) + " |")
        lines.append("|" + "|".join("---" if head in table.left else "---:" for head in headings) + "|")
        for cells in rows:
            lines.append("| " + " | ".join(_in_markdown(*cell) for cell in cells) + " |")
        lines.append("")
    return "\n".join([*lines, *(f"{_markdown(words)}\n" for words in table.words)])


def as_latex(table: Table) -> str:
    """With booktabs: the best of a block in bold, what is not significantly worse in italics."""
    headings = list(table.shown)
    columns = "".join("l" if head in table.left else "r" for head in headings)
    lines = ["% needs \\usepackage{booktabs}"]
    for block, rows in table.marked_blocks():
        caption = f"{table.caption} {block}".strip()
        lines += [r"\begin{table}", r"\centering", rf"\caption{{{latex(caption)}}}", rf"\begin{{tabular}}{{{columns}}}"]
        lines += [r"\toprule", " & ".join(map(latex, headings)) + r" \\", r"\midrule"]
        for cells in rows:
            lines.append(" & ".join(_in_latex(*cell) for cell in cells) + r" \\")
        lines += [r"\bottomrule", r"\end{tabular}", r"\end{table}", ""]
    return "\n".join([*lines, *(f"% {line}" for words in table.words for line in _wrapped(words, WIDTH))]) + "\n"


def latex(text: str) -> str:
    r"""A text in which nothing is a command.

    >>> print(latex("gpt_s 50 %"))
    gpt\_s 50 \%
    """
    return "".join(_LATEX.get(letter, letter) for letter in " ".join(text.split()))


def _in_latex(standing: str, cell: str) -> str:
    return {BEST: r"\textbf{%s}", EVEN: r"\textit{%s}"}.get(standing, "%s") % latex(cell)


def _in_markdown(standing: str, cell: str) -> str:
    mark = {BEST: "**", EVEN: "*"}.get(standing, "")
    return f"{mark}{_markdown(cell)}{mark}" if cell else ""


def _markdown(text: str) -> str:
    return "".join(_MARKDOWN.get(letter, letter) for letter in " ".join(text.split()))


def _set(cell: str, width: int, to_the_left: bool) -> str:
    short = cell if len(cell) <= width else f"{cell[: width - 1]}…"
    return short.ljust(width) if to_the_left else short.rjust(width)


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width) or [""]


def number(value: float, digits: int = 4) -> str:
    """A number with so many decimals, or ``-`` where there is none.

    >>> number(0.12345), number(float("nan")), number(float("inf"))
    ('0.1235', '-', 'inf')
    """
    return "-" if value != value else f"{value:.{digits}f}"


def p_value(p: float) -> str:
    """Three decimals, as usual.

    >>> p_value(0.04), p_value(0.0004), p_value(float("nan"))
    ('0.040', '<0.001', '-')
    """
    return "-" if p != p else "<0.001" if p < 0.001 else f"{p:.3f}"
