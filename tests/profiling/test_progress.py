"""Progress: a bar on a terminal, lines elsewhere."""

import io

import pytest

from hwbench_mo.profiling.campaign import Status
from hwbench_mo.profiling.precision import UNKNOWN, Precision
from hwbench_mo.profiling.progress import Progress

STATUS = Status(7, 90, Precision(0.004, 0.01), UNKNOWN)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_has_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    with Progress("gpt_s", stream) as progress:
        progress.show(STATUS)
        assert stream.getvalue() == ""
        monkeypatch.setattr("hwbench_mo.profiling.progress.SECONDS", 0.0)
        progress.show(STATUS)
        progress.tell("warning: hot")
    assert stream.getvalue() == (
        "gpt_s: 7 of 90 rows, predicted error of latency 0.40 % (worst 1.00 %)\nwarning: hot\n"
    )


def test_a_terminal_has_a_bar() -> None:
    pytest.importorskip("tqdm")
    stream = Terminal()
    with Progress("gpt_s", stream) as progress:
        progress.show(STATUS)
        progress.tell("warning: hot")
        progress.show(Status(90, 90, Precision(0.004, 0.01), UNKNOWN))
    text = stream.getvalue()
    assert "gpt_s" in text
    assert "90/90" in text
    assert "warning: hot\n" in text
