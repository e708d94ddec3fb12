"""Sweeps on several processes, by joblib and submitit: the same files as in one, none lost, failures told."""

import importlib.util
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.plugins import Plugins

from experiments.launchers.preparation import prepare
from experiments.status import main as status_main
from experiments.sweeps.catalogue import CONF
from experiments.sweeps.request import Request
from hwbench_mo import InputError
from tests.support.commands import command_of, needs_launchers, results, run, run_apart, same_files, wait_for
from tests.support.spaces import ROOT

LAUNCHERS = ["joblib", "submitit_local"]
pytestmark = needs_launchers


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_a_launcher_leaves_the_same_files(launcher: str, tmp_path: Path) -> None:
    arguments = ("experiments.run", "-m", "seeds=[0,1],[2]", "optimizer=nsga2", "budget=120", "problem.noise=sample")
    assert run(*arguments, f"out={tmp_path / 'basic'}").returncode == 0
    done = run_apart(*arguments, f"hydra/launcher={launcher}", f"out={tmp_path / launcher}")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(results(tmp_path / launcher)) == 3
    assert same_files(tmp_path / "basic", tmp_path / launcher)
    pickles = list((tmp_path / launcher).rglob("*.pkl"))
    assert bool(pickles) == (launcher == "submitit_local")
    for path in pickles:  # nobody else can put others into their place
        assert path.is_relative_to(private := tmp_path / launcher / ".submitit")
        assert stat.S_IMODE(private.stat().st_mode) == 0o700


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
        "seeds=2",
        "budget=5",
        "++optimizer._target_=tests.support.doubles.Witness",
    )
    done = run_apart(*arguments, "hydra/launcher=joblib", f"out={tmp_path / 'out'}")
    assert done.returncode == 0, done.stderr
    seen = [json.loads((tmp_path / f"{seed}.json").read_text()) for seed in range(2)]
    for process in seen:
        assert set(process["blas"]) == {1}
        assert process.get("torch", 1) == 1


SWEEP = ("experiments.run", "-m", "seed=range(0,6)", "budget=50", "++optimizer._target_=tests.support.doubles.Stalling")
JOBLIB = "hydra/launcher=joblib"
IN_TURN = "hydra.launcher.n_jobs=1"  # joblib then does the jobs in its own process


@pytest.fixture(scope="module")
def never(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs of a sweep in which nothing is killed."""
    folder = tmp_path_factory.mktemp("never")
    stalling = folder / "stalling"
    stalling.touch()  # so that no run stalls
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STALLING", str(stalling))
        assert run(*SWEEP, f"out={folder / 'out'}").returncode == 0
    assert len(results(folder)) == 6
    return folder / "out"


@pytest.fixture
def stalling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the run of seed 3 writes its process to before it stalls."""
    path = tmp_path / "stalling"
    monkeypatch.setenv("STALLING", str(path))
    return path


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_worker_that_is_killed_loses_its_run_alone(never: Path, stalling: Path, tmp_path: Path) -> None:
    arguments = [*SWEEP, JOBLIB, f"out={tmp_path / 'killed'}"]
    process = subprocess.Popen(
        command_of(*arguments), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    wait_for(stalling)
    os.kill(int(stalling.read_text()), signal.SIGKILL)
    _, told = process.communicate(timeout=100)
    assert process.returncode == 1
    assert "seed=3: its process ended before it was done; the same command makes it" in told
    before = {path: path.read_bytes() for path in results(tmp_path / "killed")}
    assert not any(path.name.startswith("seed-3-") for path in before)
    again = run(*arguments, IN_TURN)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("(found, not repeated)") == len(before)
    assert same_files(tmp_path / "killed", never)


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_launcher_that_is_killed_is_started_again(never: Path, stalling: Path, tmp_path: Path) -> None:
    arguments = [*SWEEP, JOBLIB, f"out={tmp_path / 'killed'}"]
    process = subprocess.Popen(
        command_of(*arguments),
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        wait_for(stalling)
        process.kill()
        process.wait()
        between = run(*arguments, IN_TURN)  # the worker of seed 3 has not noticed, and still holds it
        assert between.returncode == 1
        assert "seed=3: another process is still at it" in between.stderr
        assert len(results(tmp_path / "killed")) == 5
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # the workers
    assert run(*arguments, IN_TURN).returncode == 0
    assert status_main([str(tmp_path / "killed")]) == 0
    assert same_files(tmp_path / "killed", never)


def test_a_missing_launcher_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="hydra/launcher=joblib needs hydra_joblib_launcher, which is missing: pip"):
        prepare("joblib", tmp_path)


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_hydra_knows_the_launcher_of_ray_though_it_has_looked_for_plugins_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    Request.parse(["-m", "hydra/launcher=ray", "seed=0", f"out={tmp_path}"])
    prepare("ray", tmp_path)
    assert "hydra_plugins.hwbench_mo_ray.RayLauncher" in Plugins.instance().class_name_to_class


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (["hydra/launcher=submitit_local"], os.cpu_count()),
        (["hydra/launcher=submitit_local", "hydra.sweeper.max_batch_size=3"], 3),
        (["hydra/launcher=submitit_slurm"], None),
        (["hydra/launcher=joblib"], None),
        ([], None),
    ],
)
def test_as_many_jobs_start_at_once_as_a_launcher_can_do(
    overrides: list[str], expected: int | None, tmp_path: Path
) -> None:
    prepare("basic", tmp_path)
    with initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
        cfg = compose("config", overrides=overrides, return_hydra_config=True)
    assert cfg.hydra.sweeper.max_batch_size == expected


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
@pytest.mark.parametrize("launcher", ["submitit_local", "submitit_slurm"])
def test_a_folder_of_pickles_is_kept_from_others(launcher: str, tmp_path: Path) -> None:
    open_to_all = tmp_path / "out" / ".submitit"
    open_to_all.mkdir(parents=True)
    open_to_all.chmod(0o777)
    prepare(launcher, tmp_path / "out")
    assert stat.S_IMODE(open_to_all.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) & 0o055
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / ".submitit").symlink_to(tmp_path)
    with pytest.raises(InputError, match=r"\.submitit is a link, but must be a folder of your own"):
        prepare(launcher, tmp_path / "linked")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"\.submitit: cannot be kept from others: Not a directory"):
        prepare(launcher, tmp_path / "file")
