"""Tables on a terminal, and the plain text that everything else gets."""

import io

import pytest

from hwbench_mo.errors import InputError, report
from hwbench_mo.terminal import GOOD, Grid, console, is_terminal, rendered, show

GRID = Grid(
    headings=["problem", "name", "done", "failed"],
    rows=[["gpt_s", "[red]nsga2[/red]", "3 of 4", "-"], ["gpt_m", "spea2", "12 of 12", "-"]],
    left=(0, 1),
    cell_styles={(1, 2): GOOD},
    sums=["", "in all", "15 of 16", "-"],
    by_first=True,
)
PLAIN = """problem  name                  done  failed
gpt_s    [red]nsga2[/red]    3 of 4       -
gpt_m    spea2             12 of 12       -
         in all            15 of 16       -"""


class Terminal(io.StringIO):
    """One of any width; rich asks ``COLUMNS``."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    pytest.importorskip("rich")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


def test_what_is_no_terminal_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    show(GRID, stream)
    assert stream.getvalue() == f"{PLAIN}\n"
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert rendered(GRID, stream) == PLAIN


def test_a_terminal_gets_a_table(terminal: Terminal) -> None:
    show(GRID, terminal)
    lines = terminal.getvalue().split("\n")
    assert [line for line in lines if "gpt_s" in line] == ["\x1b[36mgpt_s\x1b[0m"]  # a line of its own
    assert "[red]nsga2[/red]" in terminal.getvalue()  # words are no markup
    assert "\x1b[32m12 of 12\x1b[0m" in terminal.getvalue()
    assert "──" in lines[1]


def test_no_color_keeps_the_table(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    shown = rendered(GRID, terminal)
    assert "\x1b[3" not in shown
    assert "──" in shown


@pytest.mark.parametrize("kind", ["dumb", "unknown"])
def test_dumb_terminals_get_plain_text(kind: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", kind)
    assert not is_terminal(terminal)
    assert rendered(GRID, terminal) == PLAIN


def test_an_encoding_without_lines_gets_plain_text(terminal: Terminal) -> None:
    terminal.encoding = "ascii"
    assert console(terminal) is None


def test_without_rich_the_text_is_plain(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rich.console", None)
    assert rendered(GRID, terminal) == PLAIN


def test_a_narrow_terminal_loses_columns_of_nothing_and_no_name(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "34")
    shown = rendered(GRID, terminal)
    assert "failed" not in shown
    assert "[red]nsga2[/red]" in shown
    assert "15 of 16" in shown


def test_an_error_stands_out_on_a_terminal_alone(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = InputError("codes are [[1]], but " + "must be " * 20)
    assert report(error) == 2
    assert capsys.readouterr().err == f"error: {error}\n"
    monkeypatch.setattr("sys.stderr", terminal)
    assert report(error) == 2
    assert terminal.getvalue().startswith("\x1b[1;31merror:\x1b[0m")
    assert terminal.getvalue().endswith(f"{error}\n")  # in one line, whatever the width
