"""Sweeps that are killed at any moment: the same command goes on, and leaves the files of a sweep that was not."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.support.spaces import ROOT
from tests.torture.outcome import Tally

RUNS = ["seeds=12", "optimizer=random_search,local_search", "budget=150"]


def sweep(out: Path) -> subprocess.Popen[bytes]:
    """Start it, in a process group of its own."""
    command = [sys.executable, "-m", "experiments.run", "-m", *RUNS, f"out={out}"]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def files_of(out: Path) -> dict[str, bytes]:
    """Results by their path; what a killed process left behind is none."""
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("seed-*.parquet")}


def kill_sweeps(n: int, seed: int) -> Tally:
    """``n`` kills, of sweeps one after the other, each of which is started again until it is complete."""
    tally = Tally("kills")
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as name:
        whole = Path(name) / "whole"
        if sweep(whole).wait() != 0:
            raise RuntimeError("the sweep that nobody kills failed")
        expected = files_of(whole)
        done, round_ = 0, 0
        while done < n:
            out = Path(name) / f"killed-{round_}"
            round_ += 1
            for _ in range(min(8, n - done)):
                process = sweep(out)
                try:
                    process.wait(timeout=float(rng.uniform(0.3, 3.0)))
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                done += 1
                found = files_of(out)
                tally.attack("kill", lambda: found, lambda files: files.items() <= expected.items())  # noqa: B023
            sweep(out).wait()
            tally.attack("completion", lambda: files_of(out), lambda files: files == expected)  # noqa: B023
    return tally
