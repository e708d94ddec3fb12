"""Sweeps on several processes, by joblib and submitit: the same files as in one, none lost, failures told."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.launchers.preparation import launcher_of
from experiments.status import main as status_main
from experiments.sweeps.progress import Live
from hwbench_mo import InputError
from tests.experiments.test_run import results, run
from tests.support.spaces import ROOT

LAUNCHERS = ["joblib", "submitit_local"]
needs_launchers = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("joblib", "submitit")), reason="joblib or submitit is missing"
)
pytestmark = needs_launchers


def same_files(one: Path, other: Path) -> bool:
    """Whether two folders hold the same runs, byte for byte."""
    return {path.relative_to(one): path.read_bytes() for path in results(one)} == {
        path.relative_to(other): path.read_bytes() for path in results(other)
    }


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_a_launcher_leaves_the_same_files(launcher: str, tmp_path: Path) -> None:
    arguments = ("experiments.run", "-m", "seeds=[0,1],[2]", "optimizer=nsga2", "budget=120", "problem.noise=sample")
    assert run(*arguments, f"out={tmp_path / 'basic'}").returncode == 0
    done = run(*arguments, f"hydra/launcher={launcher}", f"out={tmp_path / launcher}")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(results(tmp_path / launcher)) == 3
    assert same_files(tmp_path / "basic", tmp_path / launcher)


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_failures_in_other_processes_reach_the_end_of_the_sweep(launcher: str, tmp_path: Path) -> None:
    done = run("experiments.run", "-m", "budget=5,0", "seeds=2", f"hydra/launcher={launcher}", f"out={tmp_path}")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-3:] == [
        "2 failed:",
        "  budget=0 seeds=2 seed=0: budget is 0, but must be at least 1",
        "  budget=0 seeds=2 seed=1: budget is 0, but must be at least 1",
    ]
    assert len(results(tmp_path)) == 2


def test_workers_have_one_thread_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.endswith("_NUM_THREADS")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WITNESS", str(tmp_path))
    arguments = (
        "experiments.run",
        "-m",
        "seed=range(0,2)",
        "budget=5",
        "++optimizer._target_=tests.support.doubles.Witness",
    )
    done = run(*arguments, "hydra/launcher=joblib", f"out={tmp_path / 'out'}")
    assert done.returncode == 0, done.stderr
    seen = [json.loads((tmp_path / f"{seed}.json").read_text()) for seed in range(2)]
    for process in seen:
        assert set(process["blas"]) == {1}
        assert process.get("torch", 1) == 1


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_worker_that_is_killed_loses_its_run_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stalling = tmp_path / "stalling"
    monkeypatch.setenv("STALLING", str(stalling))
    sweep = [
        "experiments.run",
        "-m",
        "seed=range(0,6)",
        "budget=50",
        "++optimizer._target_=tests.support.doubles.Stalling",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", *sweep, "hydra/launcher=joblib", f"out={tmp_path / 'killed'}"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(stalling)
    os.kill(int(stalling.read_text()), signal.SIGKILL)
    _, told = process.communicate(timeout=100)
    assert process.returncode == 1
    assert "seed=3: its process ended before it was done; the same command makes it" in told
    before = {path: path.read_bytes() for path in results(tmp_path / "killed")}
    assert not any(path.name.startswith("seed-3-") for path in before)
    again = run(*sweep, "hydra/launcher=joblib", f"out={tmp_path / 'killed'}")
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("(found, not repeated)") == len(before)
    assert run(*sweep, f"out={tmp_path / 'never'}").returncode == 0
    assert len(results(tmp_path / "never")) == 6
    assert same_files(tmp_path / "killed", tmp_path / "never")


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_launcher_that_is_killed_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stalling = tmp_path / "stalling"
    monkeypatch.setenv("STALLING", str(stalling))
    sweep = [
        "experiments.run",
        "-m",
        "seed=range(0,6)",
        "budget=50",
        "++optimizer._target_=tests.support.doubles.Stalling",
    ]
    arguments = [*sweep, "hydra/launcher=joblib", f"out={tmp_path / 'killed'}"]
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        wait_for(stalling)
        process.kill()
        process.wait()
        between = run(*arguments)  # the worker of seed 3 has not noticed, and still holds it
        assert between.returncode == 1
        assert "seed=3: another process is still at it" in between.stderr
        assert len(results(tmp_path / "killed")) == 5
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # the workers
    assert run(*arguments).returncode == 0
    assert status_main([str(tmp_path / "killed")]) == 0
    assert run(*sweep, f"out={tmp_path / 'never'}").returncode == 0
    assert same_files(tmp_path / "killed", tmp_path / "never")


def wait_for(path: Path, seconds: float = 100) -> None:
    """Until it is there."""
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.05)


def test_an_unknown_launcher_and_a_missing_one_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert launcher_of(["-m", "seed=1"]) == "basic"
    with pytest.raises(InputError, match="unknown launcher 'jobli'; valid, nearest first: joblib"):
        launcher_of(["-m", "hydra/launcher=jobli"])
    with pytest.raises(InputError, match="hydra/launcher=joblib is for sweeps, but this is a single job; add -m"):
        launcher_of(["hydra/launcher=joblib"])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="hydra/launcher=joblib needs hydra_joblib_launcher, which is missing: pip"):
        launcher_of(["-m", "hydra/launcher=joblib"])


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
