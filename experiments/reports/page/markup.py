"""Tables and words as HTML. Names come from files: every one of them is escaped."""

from collections.abc import Mapping, Sequence, Set
from html import escape

from experiments.reports.text import printable
from hwbench_mo.assessment.table import BEST, EVEN, Table

MOST_ROWS = 1000
"""Of a table in the page; its files have all of them."""
OF_OPTIMIZERS = ("optimizer", "first", "second", "winner")
"""Columns that name optimizers."""
MARKS = {BEST: "the best", EVEN: "not significantly worse than the best"}


def text(words: object) -> str:
    """Any text, as HTML that shows it.

    >>> text("<script>\\x1b")
    '&lt;script&gt;\\\\x1b'
    """
    return escape(printable(str(words)), quote=True)


def table_html(table: Table, *, optimizers: Mapping[str, int], problems: Mapping[str, int]) -> str:
    """A table that the page's scripts sort and filter: rows say which optimizers and which problem they are of.

    Parameters
    ----------
    optimizers, problems
        Their places in the page's data, by label and title.
    """
    headings = list(table.shown)
    first = [table.by] if table.by and table.data[table.by].nunique() > 1 else []
    words = {*table.left, *first}
    head = "".join(
        f'<th scope="col" class="{_classes(name, words)}"><button type="button">{text(name)}</button></th>'
        for name in (*first, *headings)
    )
    rows = []
    records = table.data.to_dict("records")
    for record in records[:MOST_ROWS]:
        places = [optimizers[str(record[name])] for name in OF_OPTIMIZERS if str(record.get(name)) in optimizers]
        problem = problems.get(str(record.get("problem")), "")
        standing = str(record.get(table.standing, ""))
        cells = [*(str(record[name]) for name in first), *(show(record) for show in table.shown.values())]
        tds = "".join(
            f'<td class="{_classes(name, words)}">{_cell(name, cell, optimizers)}</td>'
            for name, cell in zip((*first, *headings), cells, strict=True)
        )
        mark = f' title="{MARKS[standing]}"' if standing in MARKS else ""
        rows.append(
            f'<tr class="{standing if standing in MARKS else ""}" data-optimizers="{" ".join(map(str, places))}" '
            f'data-problem="{problem}"{mark}>{tds}</tr>'
        )
    more = len(records) - MOST_ROWS
    note = [f"Shown are {MOST_ROWS} of {len(records)} rows; experiments.compare writes all."] if more > 0 else []
    below = "".join(f"<p>{text(line)}</p>" for line in (*note, *table.words))
    empty = "" if records else '<p class="empty">Nothing to show.</p>'
    body = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>" if records else empty
    return f'<div class="wide" tabindex="0" role="region" aria-label="{text(table.caption)}">{body}</div>{below}'


def _classes(heading: str, words: Set[str]) -> str:
    of = " of-problem" if heading == "problem" else ""
    return f"{'words' if heading in words else 'number'}{of}"


def _cell(heading: str, cell: str, optimizers: Mapping[str, int]) -> str:
    if heading in OF_OPTIMIZERS and cell in optimizers:
        return f'<button type="button" class="name" data-optimizer="{optimizers[cell]}">{text(cell)}</button>'
    return text(cell)


def listed(names: Sequence[str], *, most: int = 6) -> str:
    """Names in a sentence, as HTML; of many, the first and how many more.

    >>> listed(["a", "<b>", "c"])
    '<b>a</b>, <b>&lt;b&gt;</b> and <b>c</b>'
    """
    shown = [f"<b>{text(name)}</b>" for name in names[:most]]
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
