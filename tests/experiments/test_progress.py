"""What a sweep shows while it runs: a bar on a terminal, lines in a log."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from experiments.sweeps.progress import Live
from tests.support.commands import command_of
from tests.support.spaces import ROOT

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux's pseudo-terminals")


def shown(*arguments: str) -> str:
    """What a run shows on a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    with subprocess.Popen(
        command_of("experiments.run", *arguments), cwd=ROOT, stdout=theirs, stderr=theirs, stdin=theirs
    ) as process:
        os.close(theirs)
        seen = b""
        with suppress(OSError):  # the other end is closed
            while part := os.read(ours, 10_000):
                seen += part
        os.close(ours)
    assert process.returncode == 0, seen.decode()
    return seen.decode()


def test_a_terminal_shows_a_progress_bar(tmp_path: Path) -> None:
    told = shown("optimizer=local_search", "budget=500", f"out={tmp_path}")
    assert "local_search:" in told
    assert "/500" in told


@pytest.mark.parametrize(
    "launcher", ["basic", pytest.param("joblib", marks=[] if find_spec("joblib") else pytest.mark.skip("no joblib"))]
)
def test_a_terminal_shows_the_progress_of_a_sweep(launcher: str, tmp_path: Path) -> None:
    told = shown("-m", "seed=range(0,3)", "budget=300", f"hydra/launcher={launcher}", f"out={tmp_path}")
    bars = [line for line in re.split(r"[\r\n]", told) if "/3 [" in line]
    assert any(" 0/3 [" in bar for bar in bars)
    assert re.search(r"3/3 \[\d\d:\d\d<00:00, .*(run/s|s/run)\]", bars[-1])
    assert "/300" not in told  # the runs themselves are too short for a bar
    assert told.count("hypervolume regret") == 3


def test_a_log_has_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    done = iter([2, *range(3, 1000)])
    with Live(12, lambda: next(done), every=0.02):
        time.sleep(0.3)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("3 of 12 runs, ")
    assert lines[0].split(", ")[1].endswith(" a second")
    assert lines[0].endswith(" left")
    assert lines[1].startswith("4 of 12 runs, ")
    with Live(5, lambda: 0, every=0.02):
        time.sleep(0.1)
    assert capsys.readouterr().err.splitlines()[0] == "0 of 5 runs"
