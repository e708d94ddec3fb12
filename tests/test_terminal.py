"""What a terminal shows that a log does not."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.helpers import ROOT


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux's pseudo-terminals")
def test_a_terminal_shows_a_progress_bar(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    command = [sys.executable, "-m", "experiments.run", "optimizer=local_search", "budget=500", f"out={tmp_path}"]
    done = subprocess.run(command, cwd=ROOT, stdout=theirs, stderr=theirs, stdin=theirs, check=True)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "local_search:" in shown
    assert "/500" in shown
