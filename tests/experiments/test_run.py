"""The harness end to end, as a user runs it: runs, sweeps, comparisons, and mistakes answered in a line."""

import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hwbench_mo as hb
from experiments.compare import main as compare_main
from experiments.optimizers import DOCUMENT, with_table
from experiments.reports.optimizers import facts_of, markdown_table, measured_costs
from experiments.sweeps.configuration import choices
from hwbench_mo import InputError, SearchSpace, Trajectory, load_benchmark, make_problem, regret_curve, simulate
from hwbench_mo.assessment.comparison import compare
from hwbench_mo.assessment.runs import read_runs
from hwbench_mo.assessment.tables import as_text, regret_table
from hwbench_mo.problems.provenance import problem_of
from optimizers import RandomSearch
from studies import suggestion_cost
from tests.support.spaces import MEASUREMENTS, ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def results(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.parquet"))


def test_one_run_leaves_one_file_that_says_what_made_it(tmp_path: Path) -> None:
    done = run("experiments.run", "optimizer=nsga2", "seed=3", "budget=60", f"out={tmp_path}")
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


def test_a_sweep_and_its_comparison(tmp_path: Path) -> None:
    sweep = run(
        "experiments.run", "-m", "seed=range(0,3)", "optimizer=random_search,local_search,nsga2", "budget=40",
        "problem.space=gpt_m", "problem.objectives=[perplexity,energy@h100]", f"out={tmp_path}",
    )  # fmt: skip
    assert sweep.returncode == 0, sweep.stderr
    assert len(results(tmp_path)) == 9
    compared = run("experiments.compare", str(tmp_path))
    assert compared.returncode == 0, compared.stderr
    table = pd.read_csv(tmp_path / "regret.csv")
    assert set(table["optimizer"]) == {"random_search", "local_search", "nsga2"}
    assert (table["seeds"] == 3).all()
    assert table["median"].is_monotonic_increasing
    for picture in ("hypervolume", "fronts"):
        path = tmp_path / f"gpt_m-perplexity-energy@h100-{picture}.png"
        assert path.stat().st_size > 10_000
        assert str(path) in compared.stdout
    (random_search,) = table[table["optimizer"] == "random_search"].to_dict("records")
    problem = make_problem("gpt_m", ["perplexity", "energy@h100"])
    finals = [
        regret_curve(problem, simulate(problem, RandomSearch(problem, seed=seed), budget=40).values)[-1]
        for seed in range(3)
    ]
    assert random_search["median"] == pytest.approx(np.median(finals))
    assert random_search["std"] == pytest.approx(np.std(finals, ddof=1))


def test_a_sweep_goes_on_after_a_mistake_and_says_so(tmp_path: Path) -> None:
    sweep = run("experiments.run", "-m", "budget=5,0,6", f"out={tmp_path}")
    assert sweep.returncode == 2
    assert "budget is 0, but must be at least 1" in sweep.stderr
    assert len(results(tmp_path)) == 2


def test_noise_three_objectives_and_workers(tmp_path: Path) -> None:
    noisy = run(
        "experiments.run", "-m", "seed=0,1", "problem.noise=sample", "budget=30", "n_workers=4", f"out={tmp_path}"
    )
    assert noisy.returncode == 0, noisy.stderr
    three = run(
        "experiments.run", "problem=gpt_s_perplexity_latency_a100_energy_a100", "optimizer=nsga2", "budget=30",
        f"out={tmp_path}",
    )  # fmt: skip
    assert three.returncode == 0, three.stderr
    assert compare_main([str(tmp_path), "--to", str(tmp_path / "report")]) == 0
    assert len(list((tmp_path / "report").glob("*.png"))) == 4
    table = regret_table(compare(read_runs(tmp_path)))
    assert table["optimism"].notna().sum() == 1
    assert "optimism" in as_text(table)
    for path in results(tmp_path):
        assert problem_of((loaded := Trajectory.load(path)).provenance, loaded.objectives).space.name == "gpt_s"


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


def test_folders_without_runs_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare_main([str(tmp_path / "nowhere")]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert compare_main([str(tmp_path)]) == 2
    assert "holds no runs" in capsys.readouterr().err
    (tmp_path / "bad.parquet").write_text("nonsense")
    assert compare_main([str(tmp_path)]) == 2
    assert "bad.parquet: truncated, or not a trajectory" in capsys.readouterr().err


def test_settings_tell_runs_of_one_optimizer_apart(tmp_path: Path) -> None:
    sweep = run("experiments.run", "-m", "optimizer=nsga2", "optimizer.pop_size=10,20", "budget=40", f"out={tmp_path}")
    assert sweep.returncode == 0, sweep.stderr
    (comparison,) = compare(read_runs(tmp_path))
    assert {group.label for group in comparison.groups} == {"nsga2 (pop_size=10)", "nsga2 (pop_size=20)"}


def test_random_search_with_a_multiple_of_the_budget_is_compared_on_the_same_axis(tmp_path: Path) -> None:
    sweep = run(
        "experiments.run", "-m", "optimizer=random_search", "optimizer.multiple=1,4", "budget=30", f"out={tmp_path}"
    )
    assert sweep.returncode == 0, sweep.stderr
    (comparison,) = compare(read_runs(tmp_path))
    groups = {group.label: group for group in comparison.groups}
    assert set(groups) == {"random_search", "random_search (multiple=4)"}
    assert all(group.regrets.shape == (1, 30) for group in groups.values())
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    all_of_them = simulate(problem, RandomSearch(problem, seed=0), budget=120)
    expected = regret_curve(problem, all_of_them.values)[3::4]
    assert (groups["random_search (multiple=4)"].regrets[0] == expected).all()
    assert regret_table([comparison])["evaluations"].tolist() == [30, 30]


def test_a_multiple_alone_is_named_and_what_is_left_over_counts() -> None:
    tiny = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1,), bias=(True,))
    problem = make_problem(tiny, ["params", "macs"])
    config = {"optimizer": {"name": "random_search", "multiple": 4}}
    trajectory = simulate(problem, RandomSearch(problem, seed=0, multiple=4), budget=20, config=config)
    assert len(trajectory) == tiny.size == 6
    (comparison,) = compare([trajectory])
    assert [group.label for group in comparison.groups] == ["random_search (multiple=4)"]
    assert comparison.groups[0].regrets.tolist() == [regret_curve(problem, trajectory.values)[[3, 5]].tolist()]


def test_help_lists_the_optimizers_with_a_line_each() -> None:
    answer = run("experiments.run", "--help")
    assert answer.returncode == 0, answer.stderr
    for name in choices("optimizer"):
        assert re.search(rf"^  {name} +[A-Za-z].{{20,}}\.$", answer.stdout, flags=re.MULTILINE), name
    for name in choices("problem"):
        assert f"  {name}\n" in answer.stdout


def test_the_table_of_optimizers_is_up_to_date() -> None:
    """If not: python -m experiments.optimizers."""
    text = DOCUMENT.read_text()
    assert with_table(text) == text
    for facts in map(facts_of, choices("optimizer")):
        assert re.fullmatch(r".+, \d{4}", facts.paper), facts
    with pytest.raises(InputError, match="must hold <!-- begin optimizers -->"):
        with_table("no table")


def test_the_table_of_optimizers_names_libraries_and_measured_costs(tmp_path: Path) -> None:
    expected = {"nsga2": "pymoo", "moead": "pymoo", "age_moea2": "pymoo", "motpe": "Optuna", "random_search": "own"}
    assert {name: facts_of(name).library for name in expected} == expected
    costs = tmp_path / "costs.csv"
    costs.write_text("name,batch_size,milliseconds\nnsga2,100,0.75\n")
    rows = {row.split("`")[1]: row for row in markdown_table(costs).splitlines()[2:]}
    assert "| population | 100 | 0.75 | `pop_size=100` |" in rows["nsga2"]
    assert "| population | not measured | not measured |" in rows["nsga3"]
    assert "0.75" not in markdown_table(tmp_path / "none.csv")


def test_costs_of_suggestions_are_measured_and_others_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    costs = tmp_path / "costs.csv"
    costs.write_text("name,batch_size,milliseconds\nmotpe,1,9\nrandom_search,1,1000\n")
    monkeypatch.setattr(suggestion_cost, "COSTS", costs)
    assert suggestion_cost.main(["random_search"]) == 0
    measured = measured_costs(costs)
    assert measured["motpe"] == {"batch_size": "1", "milliseconds": "9"}
    assert measured["random_search"]["batch_size"] == "1000"
    assert 0 < float(measured["random_search"]["milliseconds"]) < 100

    def refuse(name: str) -> dict[str, str]:
        raise InputError(f"optimizer {name} needs what is not installed")

    monkeypatch.setattr(suggestion_cost, "measured", refuse)
    assert suggestion_cost.main(["motpe"]) == 0
    assert "skipped: optimizer motpe needs" in capsys.readouterr().out
    assert measured_costs(costs) == measured
    assert suggestion_cost.main(["nothing"]) == 2


def test_runs_of_the_library_on_a_space_of_ones_own_are_compared_too(tmp_path: Path) -> None:
    mine = SearchSpace(name="mine", embed_dim=(192, 384), n_layer=(10, 11), mlp_ratio=(2, 4), n_head=(4, 8))
    problem = make_problem(load_benchmark("gpt_s").restrict(mine), ["perplexity", "latency@a100"])
    simulate(problem, RandomSearch(problem, seed=0), budget=20).save(tmp_path / "mine.parquet")
    (comparison,) = compare(read_runs(tmp_path))
    assert comparison.problem.space == mine
    assert (comparison.problem.pareto_front().values == problem.pareto_front().values).all()
    assert [group.label for group in comparison.groups] == ["unnamed"]


def test_runs_of_another_artifact_are_refused(tmp_path: Path) -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    trajectory = simulate(problem, RandomSearch(problem, seed=0), budget=5)
    other = replace(trajectory, provenance={**trajectory.provenance, "artifact_sha256": "0" * 64})
    other.save(tmp_path / "other.parquet")
    with pytest.raises(InputError, match="made with artifact 000000000000…, which hwbench_mo here does not have"):
        compare(read_runs(tmp_path))


@pytest.mark.parametrize("name", choices("problem"))
def test_every_problem_that_ships_has_an_exact_front(name: str, tmp_path: Path) -> None:
    done = run("experiments.run", f"problem={name}", "budget=5", f"out={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert "hypervolume regret 0." in done.stdout


README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL))
def test_python_of_the_readme_runs(block: str) -> None:
    exec(compile(_with_measurements(block), "README.md", "exec"), {"__name__": "readme", "hb": hb})


@pytest.mark.parametrize("line", re.findall(r"^python -m (experiments\.run .*)$", README, flags=re.MULTILINE))
def test_commands_of_the_readme_run(line: str, tmp_path: Path) -> None:
    done = run(*shlex.split(_with_measurements(line), comments=True), "budget=10", f"out={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert results(tmp_path)


def _with_measurements(text: str) -> str:
    if "MEASUREMENTS" in text and not MEASUREMENTS.is_dir():
        pytest.skip(f"no measurements at {MEASUREMENTS}")
    return text.replace("MEASUREMENTS", str(MEASUREMENTS))
