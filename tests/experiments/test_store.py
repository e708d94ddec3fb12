"""Runs are found by what decides their result, and made once."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from experiments.sweeps.claims import claimed
from experiments.sweeps.store import find
from hwbench_mo import Trajectory, load_benchmark, make_problem, simulate
from optimizers import RandomSearch
from tests.support.commands import results, run, run_apart


def test_a_finished_run_is_found_and_not_repeated(finished: Path) -> None:
    arguments = ("experiments.run", "budget=10", f"out={finished}")
    (path,) = results(finished)
    before = path.read_bytes(), path.stat().st_mtime_ns
    again = run(*arguments)
    assert again.returncode == 0
    assert "(found, not repeated)" in again.stdout
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert run(*arguments, "budget=11").returncode == 0  # another configuration, another file
    assert len(results(finished)) == 2


@pytest.mark.parametrize("length", [0, 10, -1])
def test_a_truncated_run_is_set_aside_and_made_again(length: int, finished: Path) -> None:
    (path,) = results(finished)
    whole = path.read_bytes()
    path.write_bytes(whole[:length])
    again = run("experiments.run", "budget=10", f"out={finished}")
    assert again.returncode == 0
    assert "set aside as" in again.stderr
    assert "found, not repeated" not in again.stdout
    assert path.read_bytes() == whole
    assert path.with_name(path.name + ".aside-0").read_bytes() == whole[:length]


def test_a_file_of_another_version_is_set_aside(finished: Path) -> None:
    (path,) = results(finished)
    whole = path.read_bytes()
    table = pq.read_table(path)
    facts = json.loads(table.schema.metadata[b"hwbench_mo"])
    facts["format"] = 999
    path.unlink()
    pq.write_table(table.replace_schema_metadata({b"hwbench_mo": json.dumps(facts).encode()}), path)
    other = path.read_bytes()
    again = run("experiments.run", "budget=10", f"out={finished}")
    assert again.returncode == 0
    assert "set aside as" in again.stderr
    assert "format" in again.stderr
    assert path.read_bytes() == whole
    assert path.with_name(path.name + ".aside-0").read_bytes() == other


def test_another_run_under_the_name_is_set_aside(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = results(finished)
    recorded = Trajectory.load(path).provenance["identity"]
    assert find(path, recorded) is not None
    assert find(path, "0" * 64) is None
    assert f"it is another run, {recorded[:12]}" in capsys.readouterr().err
    assert not path.exists()


def test_two_processes_do_not_make_the_same_run(finished: Path) -> None:
    (path,) = results(finished)
    path.unlink()
    with claimed(path) as is_ours:
        assert is_ours
        other = run_apart("experiments.run", "budget=10", f"out={finished}")
        assert other.returncode == 0
        assert "is being made by another process" in other.stdout
        assert not path.exists()
    assert run("experiments.run", "budget=10", f"out={finished}").returncode == 0
    assert path.exists()


def test_a_run_of_a_thousand_evaluations_is_a_small_file(tmp_path: Path) -> None:
    """The largest that there is: 75 genes, three objectives, drawn and central, four workers."""
    problem = make_problem("gpt_l", ["perplexity", "latency@a100", "energy@h100"], noise="sample")
    trajectory = simulate(problem, RandomSearch(problem, seed=0), budget=1000, n_workers=4)
    assert trajectory.save(tmp_path / "run.parquet").stat().st_size < 100_000


def test_a_problem_of_any_number_of_objectives_has_a_folder(tmp_path: Path) -> None:
    objectives = [
        f"{metric}@{device}" for device in load_benchmark("gpt_s").devices for metric in ("latency", "energy")
    ]
    words = ("experiments.run", "-m", "budget=1", f"problem.objectives=[{','.join(objectives)}]", f"out={tmp_path}")
    assert run(*words).returncode == 0
    assert "(found, not repeated)" in run(*words).stdout
    (path,) = results(tmp_path)
    assert Trajectory.load(path).objectives == tuple(objectives)
