"""Progress that commands show: a bar on a terminal, nothing anywhere else, and nothing that is left behind."""

import io
import re
import time
from collections.abc import Iterator

import pytest

from hwbench_mo import progress
from hwbench_mo.progress import bars, say, steps, track


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    pytest.importorskip("tqdm")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "DELAY", 0.02)
    monkeypatch.setattr(progress, "EVERY", 0.01)
    return Terminal()


def slowly(n: int) -> Iterator[int]:
    for i in range(n):
        time.sleep(0.02)
        yield i


def test_nothing_is_shown_unless_a_command_asks(capsys: pytest.CaptureFixture[str], terminal: Terminal) -> None:
    items = [1, 2]
    assert track(items, "count") is items
    with bars(io.StringIO()):
        assert track(items, "count") is items  # no terminal
    with bars(terminal, shown=False):
        assert track(items, "count") is items
    with steps("count", 2) as done:
        done()
        done.at(2)
    assert capsys.readouterr() == ("", "")
    assert terminal.getvalue() == ""


def test_a_terminal_has_a_bar_that_goes(terminal: Terminal) -> None:
    with bars(terminal):
        assert list(track(slowly(6), "count", total=6, unit="thing")) == [*range(6)]
    shown = terminal.getvalue()
    assert re.search(r"count: +\d+%.*/6 \[", shown)
    assert not shown.split("\r")[-1].strip()
    assert not shown.split("\r")[-2].strip()  # the line is empty again
    assert "\n" not in shown


def test_what_is_quick_has_none(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "DELAY", 60.0)
    with bars(terminal):
        assert len(list(track(range(100), "count"))) == 100
    assert terminal.getvalue() == ""


def test_a_step_of_a_step_has_no_bar(terminal: Terminal) -> None:
    with bars(terminal):
        for _ in track(slowly(4), "outer", total=4):
            for _ in track(slowly(2), "inner", total=2):
                pass
        with steps("next", 3, first=1) as done:
            time.sleep(0.05)
            done()
            time.sleep(0.05)
    assert "outer" in terminal.getvalue()
    assert "inner" not in terminal.getvalue()
    assert "2/3" in terminal.getvalue()


def test_an_error_takes_the_bar_away(terminal: Terminal) -> None:
    def fail() -> None:
        with bars(terminal):
            for i in track(slowly(9), "count", total=9):
                if i == 5:
                    raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert "count" in terminal.getvalue()
    assert not terminal.getvalue().split("\r")[-2].strip()
    before = terminal.getvalue()
    time.sleep(0.05)
    assert terminal.getvalue() == before
    assert track([], "count") == []  # and nothing is shown any more


def test_lines_come_above_the_bar(terminal: Terminal) -> None:
    with bars(terminal):
        for i in track(slowly(6), "count", total=6):
            if i == 4:
                say("a line", terminal)
    assert "a line\n" in terminal.getvalue()


def test_without_tqdm_there_is_no_bar(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tqdm", None)
    with bars(terminal):
        assert list(track(slowly(4), "count")) == [*range(4)]
    assert terminal.getvalue() == ""


def test_a_step_costs_next_to_nothing(terminal: Terminal) -> None:
    n = 200_000

    def seconds() -> float:
        start = time.process_time()
        for _ in track(range(n), "count"):
            pass
        return time.process_time() - start

    with bars(terminal):
        assert min(seconds() for _ in range(3)) / n < 2e-6
