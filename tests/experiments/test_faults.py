"""Full and read-only disks, two sweeps at once, killed sweeps, clocks: nothing is lost, nothing misread."""

import ctypes
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from experiments.compare import main as compare_main
from experiments.status import main as status_main
from hwbench_mo import Trajectory
from tests.support.commands import command_of, results, run, run_apart, states
from tests.support.spaces import ROOT

SWEEP = ("experiments.run", "-m", "seeds=6", "budget=1000")
READ_ONLY, REMOUNT = 1, 32


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Callable[[int, str], None]]]:
    """A file system of 128 KiB, and what mounts it again with other flags and sizes."""
    libc = ctypes.CDLL(None, use_errno=True)

    def mount(flags: int, options: str) -> None:
        if libc.mount(b"tmpfs", bytes(tmp_path), b"tmpfs", flags, options.encode()):
            raise OSError(ctypes.get_errno(), "mount")

    if not sys.platform.startswith("linux"):
        pytest.skip("mounts as Linux does")
    try:
        mount(0, "size=128k")
    except OSError as error:
        pytest.skip(f"a file system cannot be mounted here: {os.strerror(error.errno or 0)}")
    yield tmp_path, mount
    libc.umount2(bytes(tmp_path), 2)


def test_a_full_disk_fails_runs_and_loses_none(disk: tuple[Path, Callable[[int, str], None]], tmp_path: Path) -> None:
    folder, mount = disk
    first = run(*SWEEP, f"out={folder / 'out'}")
    assert first.returncode == 2
    assert "cannot be written: " in first.stderr
    assert "No space left on device" in first.stderr
    assert "Traceback" not in first.stderr
    done = {path: path.read_bytes() for path in results(folder)}
    assert 0 < len(done) < 6
    assert all(len(Trajectory.load(path)) == 1000 for path in done)
    assert list(folder.rglob(".seed-*")) == []  # nothing half-written stays
    full = run(*SWEEP, f"out={folder / 'out'}")
    assert full.returncode == 2
    assert "Traceback" not in full.stderr
    mount(REMOUNT, "size=10m")
    again = run(*SWEEP, f"out={folder / 'out'}")
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("(found, not repeated)") == len(done)
    assert {path: path.read_bytes() for path in done} == done
    assert status_main([str(folder / "out")]) == 0


def test_a_read_only_folder_is_read(
    disk: tuple[Path, Callable[[int, str], None]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, mount = disk
    single = ("experiments.run", "budget=10", f"out={folder}")
    assert run(*single).returncode == 0
    mount(REMOUNT | READ_ONLY, "")
    assert "(found, not repeated)" in run(*single).stdout
    for arguments in (("budget=11",), ("-m", "seeds=2", "budget=10")):
        refused = run("experiments.run", *arguments, f"out={folder}")
        assert refused.returncode == 2
        assert "cannot be written: Read-only file system" in refused.stderr
        assert "Traceback" not in refused.stderr
    assert status_main([str(folder)]) == 0
    assert compare_main([str(folder)]) == 2
    assert "cannot be written: Read-only file system; name another with --to" in capsys.readouterr().err


def test_a_lock_that_was_left_in_a_read_only_folder_is_no_claim(
    disk: tuple[Path, Callable[[int, str], None]],
) -> None:
    folder, mount = disk
    assert run("experiments.run", "-m", "seed=0", "budget=10", f"out={folder}").returncode == 0
    (path,) = results(folder)
    path.rename(path.parent / f".{path.name}.lock")
    mount(REMOUNT | READ_ONLY, "")
    assert states(folder) == ["planned"]


def test_two_sweeps_in_one_folder_at_once(tmp_path: Path) -> None:
    def arguments(folder: str) -> list[str]:
        return [*SWEEP, "optimizer=nsga2,random_search", f"out={tmp_path / folder}"]

    both = [
        subprocess.Popen(command_of(*arguments("both")), cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [process.communicate()[1] for process in both] == ["", ""]
    assert [process.returncode for process in both] == [0, 0]
    assert run(*arguments("alone")).returncode == 0
    pairs = list(zip(results(tmp_path / "both"), results(tmp_path / "alone"), strict=True))
    assert len(pairs) == 12
    assert all(one.name == other.name and one.read_bytes() == other.read_bytes() for one, other in pairs)
    assert list((tmp_path / "both").rglob("*.aside-*")) == []


def test_a_clock_that_jumps_back_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(*SWEEP, f"out={tmp_path / 'steady'}").returncode == 0
    (tmp_path / "sitecustomize.py").write_text(
        "import itertools, time\n"
        "now, hours = time.time(), itertools.count()\n"
        "time.time = lambda: now - 3600 * next(hours)\n"
        "time.time_ns = lambda: int(1e9 * time.time())\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    back = run_apart(*SWEEP, f"out={tmp_path / 'back'}")
    assert back.returncode == 0, back.stderr
    for moment in (0, 4102444800):  # files of 1970 and of 2100
        for path in (tmp_path / "back").rglob("*"):
            os.utime(path, (moment, moment))
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda moment=moment: moment / 2)
            again = run(*SWEEP, f"out={tmp_path / 'back'}")
        assert again.stdout.count("(found, not repeated)") == 6
    monkeypatch.delenv("PYTHONPATH")
    steady, jumped = results(tmp_path / "steady"), results(tmp_path / "back")
    assert [path.read_bytes() for path in steady] == [path.read_bytes() for path in jumped]
    assert status_main([str(tmp_path / "back")]) == 0


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_sweep_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    arguments = ("experiments.run", "-m", "seeds=12", "optimizer=nsga2", "budget=400")
    for folder, n_killed in (("never", 0), ("killed", 3)):
        out = tmp_path / folder
        for moment in range(n_killed):
            process = subprocess.Popen(
                command_of(*arguments, f"out={out}"), cwd=ROOT, stdout=subprocess.PIPE, text=True
            )
            assert process.stdout is not None
            process.stdout.readline()  # in the middle of the sweep: a run is told of
            time.sleep(0.03 * moment)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert process.returncode == -signal.SIGKILL
            assert {"done", "planned"} >= set(states(out))
        done = run(*arguments, f"out={out}")
        assert done.returncode == 0, done.stderr
    never, killed = results(tmp_path / "never"), results(tmp_path / "killed")
    assert len(never) == 12
    assert [path.name for path in never] == [path.name for path in killed]
    assert [path.read_bytes() for path in never] == [path.read_bytes() for path in killed]
    assert status_main([str(tmp_path / "killed")]) == 0


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills processes")
@pytest.mark.parametrize("launcher", ["basic", "joblib"])
def test_a_thousand_runs_killed_ten_times_are_those_of_a_sweep_that_was_not(launcher: str, tmp_path: Path) -> None:
    """In the middle of whatever it does, once a random number of further runs is there."""
    sweep = ["experiments.run", "-m", f"seeds={','.join(str(list(range(i, i + 50))) for i in range(0, 1000, 50))}"]
    sweep = [word.replace(" ", "") for word in sweep] + ["budget=1000", f"hydra/launcher={launcher}"]
    assert run(*sweep, f"out={tmp_path / 'never'}").returncode == 0
    rng = random.Random(0)
    for _ in range(10):
        enough = len(results(tmp_path / "killed")) + rng.randrange(1, 90)
        process = subprocess.Popen(
            command_of(*sweep, f"out={tmp_path / 'killed'}"),
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        while len(results(tmp_path / "killed")) < enough:
            assert process.poll() is None
            time.sleep(rng.uniform(0, 0.05))
        os.killpg(process.pid, signal.SIGKILL)  # and its workers
        process.wait()
    assert len(results(tmp_path / "killed")) < 1000
    assert run(*sweep, f"out={tmp_path / 'killed'}").returncode == 0
    never, killed = results(tmp_path / "never"), results(tmp_path / "killed")
    assert len(never) == 1000
    assert [path.name for path in never] == [path.name for path in killed]
    assert all(one.read_bytes() == other.read_bytes() for one, other in zip(never, killed, strict=True))
