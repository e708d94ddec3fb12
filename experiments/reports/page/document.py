"""The page: one file with everything that it needs, which loads nothing."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template

from experiments.reports.page.archives import Archives
from experiments.reports.page.data import PageData, packed, page_data
from experiments.reports.page.markup import table_html, text
from experiments.reports.page.origins import Origins, commands_of, facts_of
from experiments.reports.page.summary import summary_of
from experiments.reports.reading import Reading
from hwbench_mo import InputError
from hwbench_mo.assessment.comparison import Comparison
from hwbench_mo.assessment.table import Table
from hwbench_mo.extras import how_to_install

SCRIPTS = (
    "payload", "hypervolume", "attainment", "numbers", "state", "runs", "theme", "architecture", "drawing",
    "curves", "runtimes", "handle", "fronts", "ranking", "overview", "reference", "tables", "controls", "keyboard",
    "report",
)  # fmt: skip
"""In this order, each after those that it uses."""
TITLES = {
    "standings": "Standings",
    "indicators": "All indicators",
    "pairs": "Pairs",
    "ranks": "Ranks across problems",
    "robustness": "Robustness",
}
MOST_BYTES = 8_000_000
"""Of a page."""
OTHERWISE = 400_000
"""Bytes of a page that are neither data, tables nor Plotly: scripts, words, commands."""
OPEN = ("standings", "ranks", "robustness")
"""Tables that are open at first."""


def page_of(
    reading: Reading, tables: Sequence[Table], archives: Archives, origins: Origins, *, title: str, when: str
) -> str:
    """The page of what was read.

    Raises
    ------
    InputError
        If Plotly, which draws in the page, is not installed.
    """
    comparisons = reading.comparisons
    by_name = {table.name: table for table in tables}
    summary = summary_of(comparisons, by_name)
    optimizers = {label: place for place, label in enumerate(_labels(reading))}
    problems: dict[str, int] = {}
    for place, one in enumerate(comparisons):
        problems.setdefault(one.title, place)  # those of one title are shown together
    shown = "".join(
        _section(table, optimizers=optimizers, problems=problems) for table in tables if table.name in TITLES
    )
    carried = packed(plotly())
    data, letters = _fitting(comparisons, archives, room=MOST_BYTES - len(carried) - len(shown) - OTHERWISE)
    notes = [f"Shown in part, to keep the page small: {note}. The tables are of all runs." for note in data.notes]
    if reading.n_copies:
        notes.append(f"{reading.n_copies} files are copies of others, and count once.")
    notes += [f"Left out: {line}" for line in reading.left_out[:20]]
    if len(reading.left_out) > 20:
        notes.append(f"Left out: {len(reading.left_out) - 20} more files.")
    return Template(_asset("page.html")).substitute(
        title=text(title),
        when=text(when),
        style=_asset("page.css"),
        scale=_scale(reading),
        headline=summary.headline,
        overall="".join(f"<p>{line}</p>" for line in summary.overall),
        problems="".join(f"<li>{line}</li>" for line in summary.problems),
        notes="".join(f"<li>{text(line)}</li>" for line in notes),
        tables=shown,
        facts="".join(f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in facts_of(comparisons, origins)),
        commands=text_lines(commands_of(comparisons, origins)),
        data=letters,
        plotly=carried,
        scripts="\n".join(_asset(f"{name}.js") for name in SCRIPTS),
    )


def _fitting(comparisons: Sequence[Comparison], archives: Archives, *, room: int) -> tuple[PageData, str]:
    """As much of the data as there is room for, in bytes, and its packed form."""
    for share in (1.0, 0.85, 0.7, 0.5, 0.3, 0.1, 0.0):
        data = page_data(comparisons, archives, share=share)
        letters = data.packed()
        if len(letters) <= room:
            break
    return data, letters


def plotly() -> str:
    """The library that draws in the browser, as its Python package ships it.

    Raises
    ------
    InputError
        If that is not installed.
    """
    try:
        from plotly.offline import get_plotlyjs
    except ModuleNotFoundError:
        raise InputError(f"a report needs plotly: {how_to_install('harness')}") from None
    return str(get_plotlyjs())


def text_lines(lines: Sequence[str]) -> str:
    """Lines as HTML."""
    return "\n".join(map(text, lines))


def _labels(reading: Reading) -> list[str]:
    return list(dict.fromkeys(group.label for one in reading.comparisons for group in one.groups))


def _scale(reading: Reading) -> str:
    problems, optimizers = len(reading.comparisons), len(_labels(reading))
    budgets = sorted({one.budget for one in reading.comparisons})
    each = f"{budgets[0]:,}" if len(budgets) == 1 else f"{budgets[0]:,} to {budgets[-1]:,}"
    parts = [
        f"{reading.n_runs:,} run{'s' * (reading.n_runs != 1)}",
        f"{optimizers} optimizer{'s' * (optimizers != 1)}",
        f"{problems} problem{'s' * (problems != 1)}",
        f"{each} evaluations each",
    ]
    return " · ".join(parts)


def _section(table: Table, *, optimizers: Mapping[str, int], problems: Mapping[str, int]) -> str:
    is_open = " open" if table.name in OPEN else ""
    body = table_html(table, optimizers=optimizers, problems=problems)
    return (
        f'<details class="table" id="table-{text(table.name)}"{is_open}><summary><h3>{text(TITLES[table.name])}</h3>'
        f"<span>{text(table.caption)}</span></summary>{body}</details>"
    )


def _asset(name: str) -> str:
    return files("experiments.reports.page").joinpath("assets", name).read_text(encoding="utf-8")
