"""Objectives on a device of one's own, from the command line to the report."""

import shutil
from pathlib import Path

import pytest

from experiments.reports.pictures import plot_fronts
from experiments.sweeps.identity import identity_of
from hwbench_mo import CostModel, Trajectory, compare, make_problem, read_runs
from tests.support.commands import results, run
from tests.support.device import contents, fitted_once

OBJECTIVES = "problem.objectives=[perplexity,latency@my_gpu]"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fitted_once(tmp_path_factory)


def test_a_run_is_made_found_and_compared(tables: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tables, tmp_path / "my_tables"))
    out = tmp_path / "out"
    made = run("experiments.run", "budget=20", f"problem.devices={copy}", OBJECTIVES, f"out={out}")
    assert made.returncode == 0, made.stderr
    assert "found, not repeated" not in made.stdout
    moved = copy.rename(tmp_path / "moved")
    again = run("experiments.run", "budget=20", f"problem.devices=[{moved}]", OBJECTIVES, f"out={out}")
    assert "found, not repeated" in again.stdout  # the content counts, not where it lies
    (path,) = results(out)
    assert path.parent.parent.name == "gpt_s-perplexity-latency@my_gpu"
    assert Trajectory.load(path).provenance["devices"]["my_gpu"]["path"] == str(copy / "gpt_s-my_gpu.zip")
    lost = run("experiments.compare", str(out))
    assert lost.returncode == 2
    assert "of my_gpu in" in lost.stderr
    assert "there is no such file or folder" in lost.stderr
    found = run("experiments.compare", str(out), "--devices", str(moved))
    assert found.returncode == 0, found.stderr
    assert "\ngpt_s-perplexity-latency@my_gpu\n" in found.stdout


def test_reports_say_where_passes_differ(tables: Path, tmp_path: Path) -> None:
    made = run(
        "experiments.run",
        "budget=20",
        "problem.space=gpt_m",
        f"problem.devices={tables}",
        OBJECTIVES,
        f"out={tmp_path}",
    )
    assert made.returncode == 0, made.stderr
    compared = run("experiments.compare", str(tmp_path))
    assert "\ngpt_m-perplexity-latency@my_gpu (my_gpu: batch 1, sequence 256)\n" in compared.stdout
    assert "my_gpu: batch 1, sequence 256" in (tmp_path / "regret.csv").read_text()
    (comparison,) = compare(read_runs(tmp_path))
    axes = plot_fronts(comparison).axes[0]
    assert axes.get_ylabel() == "latency@my_gpu, batch 1, sequence 256 (ms)"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["problem.objectives=[latency@my_gpu]"], "unknown device in 'latency@my_gpu': 'my_gpu'; valid, nearest first"),
        (["problem.devices=TABLES", "problem.objectives=[latency@my_gpus]"], "'my_gpus'; valid, nearest first: my_gpu"),
        (["problem.devices=TABLES/nowhere", OBJECTIVES], "there is no such file or folder"),
        (["problem.devices=TABLES", "problem.space=gpt_l", OBJECTIVES], "it has those of gpt_s, gpt_m"),
        (["problem.devices=[TABLES,OTHER]", OBJECTIVES], "device 'my_gpu' is one of"),
    ],
)
def test_mistakes_are_told_in_a_line(words: list[str], message: str, tables: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(tables, tmp_path / "other"))
    named = [word.replace("TABLES", str(tables)).replace("OTHER", str(other)) for word in words]
    done = run("experiments.run", *named, f"out={tmp_path}")
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_help_lists_the_devices_that_are_loaded(tables: Path) -> None:
    for words, listed in ((["--help"], False), (["--help", f"problem.devices={tables}"], True)):
        shown = run("experiments.run", *words)
        assert shown.returncode == 0
        assert ("my_gpu," in shown.stdout or "my_gpu\n" in shown.stdout.partition("DEVICE: ")[2]) == listed
        assert "xeon_gold" in shown.stdout


def test_tables_that_decide_make_the_identity_and_paths_and_others_do_not(tables: Path, tmp_path: Path) -> None:
    from hwbench_mo.spaces import get_space
    from hwbench_mo.surrogates.device_file import write_device

    other = write_device(get_space("gpt_s"), "my_gpu", contents("my_gpu"), tmp_path)
    names = ["perplexity", "energy@my_gpu"]
    config = {"seed": 0, "problem": {"space": "gpt_s", "devices": "here"}}
    mine = make_problem("gpt_s", names, devices=tables)
    cost = CostModel()

    def identity(problem: object, devices: object = "here") -> str:
        settings = {**config, "problem": {"space": "gpt_s", "devices": devices}}
        return identity_of(settings, problem, {}, [], targets=cost.targets(problem))  # type: ignore[arg-type]

    assert identity(mine) == identity(make_problem("gpt_s", names, devices=[tables]), ["there"])
    assert identity(mine) != identity(make_problem("gpt_s", names, devices=other))
    plain = ["perplexity", "latency@h100"]
    assert identity(make_problem("gpt_s", plain, devices=tables)) == identity(make_problem("gpt_s", plain), None)
