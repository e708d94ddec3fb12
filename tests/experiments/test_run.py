"""Single runs and sweeps in one process, as a user starts them, and mistakes answered in a line."""

import re
from pathlib import Path

import pytest

from experiments.sweeps.configuration import choices
from hwbench_mo import Trajectory, make_problem, regret_curve
from tests.support.commands import results, run, run_apart


def test_one_run_leaves_one_file_that_says_what_made_it(tmp_path: Path) -> None:
    done = run_apart("experiments.run", "optimizer=nsga2", "seed=3", "budget=60", f"out={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # no progress bar in a log
    (path,) = results(tmp_path)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
    trajectory = Trajectory.load(path)
    assert len(trajectory) == 60
    assert trajectory.config["seed"] == 3
    assert trajectory.config["optimizer"] == {
        "name": "nsga2",
        "_target_": "optimizers.NSGA2",
        "_partial_": True,
        "pop_size": 100,
    }
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    assert (trajectory.values == problem.evaluate(trajectory.codes)).all()
    assert f"regret {regret_curve(problem, trajectory.values)[-1]:.4f}" in done.stdout


def test_a_sweep_goes_on_after_a_mistake_and_says_so(tmp_path: Path) -> None:
    sweep = run("experiments.run", "-m", "budget=5,0,6", f"out={tmp_path}")
    assert sweep.returncode == 2
    assert "budget is 0, but must be at least 1" in sweep.stderr
    assert len(results(tmp_path)) == 2


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            ["problem.objectives=[perplexity,latncy@a100]"],
            "unknown objective 'latncy@a100'; valid, nearest first: latency",
        ),
        (["problem.objectives=[perplexity,latency@a10]"], "'a10'; valid, nearest first: a100"),
        (["problem.objectives=[perplexity,latency]"], "objective 'latency' needs a device"),
        (["problem.objectives=[params,params]"], "which is there already"),
        (["problem.space=gpt_xl"], "unknown space 'gpt_xl'; valid, nearest first: gpt_l"),
        (["problem.space=gpt_s_wide"], "'gpt_s_wide' has no 'perplexity'"),
        (["optimizer=nsga"], "unknown optimizer 'nsga'; valid, nearest first: nsga2"),
        (["-m", "optimizer=random_search,nsgaii"], "unknown optimizer 'nsgaii'; valid, nearest first: nsga2"),
        (["problem=gpt_s"], "unknown problem 'gpt_s'; valid, nearest first: gpt_s_"),
        (["budget=0"], "budget is 0, but must be at least 1"),
        (["budget=many"], "budget is 'many', but must be an integer"),
        (["seed=-1"], "seed is -1, but must be an integer from 0"),
        (["cost.setup=-1"], "cost.setup is -1"),
        (["optimizer=nsga2", "optimizer.pop_size=1"], "pop_size is 1"),
        (["problem.objectives=[perplexity"], "no viable alternative"),
        (["budgt=3"], "unknown setting 'budgt'; valid, nearest first: budget,"),
        (["optimizer=nsga2", "optimizer.popsize=3"], "'optimizer.popsize'; valid, nearest first: optimizer.pop_size,"),
        (["optimizer.pop_size=3"], "unknown setting 'optimizer.pop_size'"),
    ],
)
def test_mistakes_are_answered_in_a_line(tmp_path: Path, overrides: list[str], message: str) -> None:
    out = tmp_path / "out"
    answer = run("experiments.run", *overrides, f"out={out}")
    assert answer.returncode == 2
    assert message in answer.stderr
    assert answer.stderr.startswith("error: ")
    assert "Traceback" not in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert results(tmp_path) == []


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


def test_a_folder_that_cannot_be_written_is_named_in_a_line(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("a file, where a folder should be")
    for arguments in (("budget=5",), ("-m", "seeds=2", "budget=5")):
        answer = run("experiments.run", *arguments, f"out={out}")
        assert answer.returncode == 2
        assert "cannot be written: " in answer.stderr
        assert "Traceback" not in answer.stderr
    assert out.read_text() == "a file, where a folder should be"


def test_help_lists_the_optimizers_with_a_line_each() -> None:
    answer = run("experiments.run", "--help")
    assert answer.returncode == 0, answer.stderr
    for name in choices("optimizer"):
        assert re.search(rf"^  {name} +[A-Za-z].{{20,}}\.$", answer.stdout, flags=re.MULTILINE), name
    for name in choices("problem"):
        assert f"  {name}\n" in answer.stdout


@pytest.mark.parametrize("name", choices("problem"))
def test_every_problem_that_ships_has_an_exact_front(name: str, tmp_path: Path) -> None:
    done = run("experiments.run", f"problem={name}", "budget=5", f"out={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert "hypervolume regret 0." in done.stdout
