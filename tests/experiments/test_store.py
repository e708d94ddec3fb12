"""Runs are found by what decides their result, made once, and never lost: whatever happens in between."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from experiments.status import main as status_main
from experiments.sweeps.store import claimed, find, identity_of
from hwbench_mo import Trajectory, make_problem, simulate
from optimizers import RandomSearch
from tests.experiments.test_run import results, run
from tests.support.spaces import ROOT

CONFIG = {"seed": 0, "budget": 5, "problem": {"space": "gpt_s"}}


def states(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    status_main([str(folder), "--json"])
    return [json.loads(line)["state"] for line in capsys.readouterr().out.splitlines()]


def test_a_finished_run_is_found_and_not_repeated(tmp_path: Path) -> None:
    arguments = ("experiments.run", "budget=10", f"out={tmp_path}")
    assert run(*arguments).returncode == 0
    (path,) = results(tmp_path)
    before = path.read_bytes(), path.stat().st_mtime_ns
    again = run(*arguments)
    assert again.returncode == 0
    assert "(found, not repeated)" in again.stdout
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert run(*arguments, "budget=11").returncode == 0  # another configuration, another file
    assert len(results(tmp_path)) == 2


@pytest.mark.parametrize("length", [0, 10, -1])
def test_a_truncated_run_is_set_aside_and_made_again(length: int, tmp_path: Path) -> None:
    arguments = ("experiments.run", "budget=10", f"out={tmp_path}")
    run(*arguments)
    (path,) = results(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:length])
    again = run(*arguments)
    assert again.returncode == 0
    assert "set aside as" in again.stderr
    assert "found, not repeated" not in again.stdout
    assert path.read_bytes() == whole
    assert path.with_name(path.name + ".aside-0").read_bytes() == whole[:length]


def test_another_run_under_the_name_is_set_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("experiments.run", "budget=10", f"out={tmp_path}")
    (path,) = results(tmp_path)
    recorded = Trajectory.load(path).provenance["identity"]
    assert find(path, recorded) is not None
    assert find(path, "0" * 64) is None
    assert f"it is another run, {recorded[:12]}" in capsys.readouterr().err
    assert not path.exists()


def test_what_decides_the_result_makes_the_identity() -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    other = make_problem("gpt_m", ["perplexity", "latency@a100"])
    base = identity_of(CONFIG, problem, {"numpy": "2.4.6"})
    assert identity_of(dict(reversed(CONFIG.items())), problem, {"numpy": "2.4.6"}) == base
    changed: list[tuple[dict[str, Any], Any, dict[str, str]]] = [
        ({**CONFIG, "seed": 1}, problem, {"numpy": "2.4.6"}),
        (CONFIG, other, {"numpy": "2.4.6"}),
        (CONFIG, problem, {"numpy": "2.4.7"}),
    ]
    assert base not in [identity_of(*decisive) for decisive in changed]


def test_many_seeds_in_one_job_are_the_runs_of_as_many_jobs(tmp_path: Path) -> None:
    arguments = ("experiments.run", "-m", "optimizer=nsga2", "budget=120", "problem.noise=sample")
    assert run(*arguments, "seeds=3", f"out={tmp_path / 'one'}").returncode == 0
    assert run(*arguments, "seed=range(0,3)", f"out={tmp_path / 'many'}").returncode == 0
    one, many = results(tmp_path / "one"), results(tmp_path / "many")
    assert [path.relative_to(tmp_path / "one") for path in one] == [
        path.relative_to(tmp_path / "many") for path in many
    ]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in many]
    listed = run(*arguments, "seeds=[2,0]", f"out={tmp_path / 'one'}")
    assert listed.stdout.count("(found, not repeated)") == 2


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ("0", "seeds is 0, but must be at least 1"),
        ("[]", "must name some"),
        ("[1,1]", "each once"),
        ("a", "seeds is 'a'"),
    ],
)
def test_wrong_seeds_are_refused(seeds: str, message: str, tmp_path: Path) -> None:
    answer = run("experiments.run", f"seeds={seeds}", "budget=5", f"out={tmp_path}")
    assert answer.returncode == 2
    assert message in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_run_of_a_thousand_evaluations_is_a_small_file(tmp_path: Path) -> None:
    """The largest that there is: 75 genes, three objectives, drawn and central, four workers."""
    problem = make_problem("gpt_l", ["perplexity", "latency@a100", "energy@h100"], noise="sample")
    trajectory = simulate(problem, RandomSearch(problem, seed=0), budget=1000, n_workers=4)
    assert trajectory.save(tmp_path / "run.parquet").stat().st_size < 100_000


def test_two_processes_do_not_make_the_same_run(tmp_path: Path) -> None:
    run("experiments.run", "budget=5", f"out={tmp_path}")
    (path,) = results(tmp_path)
    path.unlink()
    with claimed(path) as is_ours:
        assert is_ours
        other = run("experiments.run", "budget=5", f"out={tmp_path}")
        assert other.returncode == 0
        assert "is being made by another process" in other.stdout
        assert not path.exists()
    assert run("experiments.run", "budget=5", f"out={tmp_path}").returncode == 0
    assert path.exists()


def test_status_knows_done_failed_planned_and_running(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sweep = run("experiments.run", "-m", "budget=5,0", "seeds=2", f"out={tmp_path}")
    assert sweep.returncode == 2
    assert sweep.stderr.rstrip().splitlines()[-3] == "2 failed:"
    assert "budget=0" in sweep.stderr.rstrip().splitlines()[-1]
    assert states(tmp_path, capsys) == ["done", "done", "failed", "failed"]
    assert status_main([str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "failed   budget=0 seeds=2 seed=0: budget is 0, but must be at least 1" in told
    assert "4 runs: 2 done, 2 failed" in told
    first, second = results(tmp_path)
    first.unlink()
    second.write_bytes(second.read_bytes()[:-1])
    assert states(tmp_path, capsys) == ["planned", "planned", "failed", "failed"]
    with claimed(first):
        assert states(tmp_path, capsys)[0] == "running"
    assert states(tmp_path, capsys)[0] == "planned"
    assert status_main([str(tmp_path / "nowhere")]) == 2


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_sweep_that_is_killed_goes_on_where_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [sys.executable, "-m", "experiments.run", "-m", "seeds=12", "optimizer=nsga2", "budget=400"]
    for folder, n_killed in (("never", 0), ("killed", 3)):
        out = tmp_path / folder
        for moment in range(n_killed):
            process = subprocess.Popen([*arguments, f"out={out}"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            process.stdout.readline()  # in the middle of the sweep: a run is told of
            time.sleep(0.03 * moment)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert process.returncode == -signal.SIGKILL
            assert {"done", "planned"} >= set(states(out, capsys))
        done = run(*arguments[2:], f"out={out}")
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
            [sys.executable, "-m", *sweep, f"out={tmp_path / 'killed'}"],
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


def test_a_folder_that_cannot_be_written_is_named_in_a_line(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("a file, where a folder should be")
    for arguments in (("budget=5",), ("-m", "seeds=2", "budget=5")):
        answer = run("experiments.run", *arguments, f"out={out}")
        assert answer.returncode == 2
        assert "cannot be written: " in answer.stderr
        assert "Traceback" not in answer.stderr
    assert out.read_text() == "a file, where a folder should be"


@pytest.mark.parametrize("mistake", ["seeds=x", "seed=a,b"])
def test_a_plan_that_cannot_be_is_failed_and_does_not_hide_the_others(mistake: str, tmp_path: Path) -> None:
    assert run("experiments.run", "-m", "seeds=2", "budget=5", f"out={tmp_path}").returncode == 0
    assert run("experiments.run", "-m", mistake, "budget=5", f"out={tmp_path}").returncode == 2
    told = run("experiments.status", str(tmp_path))
    assert told.returncode == 1
    assert "2 done" in told.stdout, told.stderr
    assert all(line.startswith("failed ") for line in told.stdout.splitlines()[:-1])
    assert f"{mistake.split('=')[0]} is " in told.stdout
