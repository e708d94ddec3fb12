"""Runs below a folder, compared: which are of one group, what the table says, and which pictures there are."""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from experiments.compare import main as compare_main
from experiments.reports.pictures import plot_fronts, plot_hypervolume
from hwbench_mo import InputError, SearchSpace, Trajectory, load_benchmark, make_problem, regret_curve, simulate
from hwbench_mo.assessment import compare, read_runs, regret_table
from hwbench_mo.assessment.tables import as_text
from hwbench_mo.problems import problem_of
from optimizers import RandomSearch
from tests.support.commands import results, run, run_apart


def test_a_sweep_and_its_comparison(tmp_path: Path) -> None:
    sweep = run(
        "experiments.run", "-m", "seed=range(0,3)", "optimizer=random_search,local_search,nsga2", "budget=40",
        "problem.space=gpt_m", "problem.objectives=[perplexity,energy@h100]", f"out={tmp_path}",
    )  # fmt: skip
    assert sweep.returncode == 0, sweep.stderr
    assert len(results(tmp_path)) == 9
    compared = run_apart("experiments.compare", str(tmp_path))
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
    assert len(list((tmp_path / "report").glob("*.png"))) == 5
    table = regret_table(compare(read_runs(tmp_path)))
    assert table["optimism"].notna().sum() == 1
    assert "optimism" in as_text(table)
    for path in results(tmp_path):
        assert problem_of((loaded := Trajectory.load(path)).provenance, loaded.objectives).space.name == "gpt_s"


@pytest.mark.slow
def test_beside_the_optimizers_of_the_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problems = "problem.objectives=[perplexity,latency@a100],[perplexity,macs]"
    made = run("experiments.run", "-m", "seeds=2", "optimizer=random_search", "budget=40", problems, f"out={tmp_path}")
    assert made.returncode == 0, made.stderr
    assert compare_main([str(tmp_path), "--baselines"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    table = pd.read_csv(tmp_path / "regret.csv")
    labels = {"moead", "ehvi", "random_search (budget=40)", "random_search (budget=1000, from=baselines)"}
    assert labels <= set(table["optimizer"])
    assert "gpt_s-perplexity-macs: the baselines have no runs on this problem" in told
    assert "Reference points are not varied" in told
    assert "are copies of others" not in told
    assert compare_main([str(tmp_path), "--baselines", str(tmp_path / "none.parquet")]) == 2
    assert compare_main([str(tmp_path), "--budget", "0"]) == 2


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


def test_what_cannot_be_read_or_judged_is_left_out_with_a_line_at_the_end(tmp_path: Path) -> None:
    assert run("experiments.run", "-m", "seeds=4", "budget=5", f"out={tmp_path}").returncode == 0
    truncated, elsewhere, *_ = results(tmp_path)
    truncated.write_bytes(truncated.read_bytes()[:-9])
    other = Trajectory.load(elsewhere)
    elsewhere.unlink()
    replace(other, provenance={**other.provenance, "artifact_sha256": "0" * 64}).save(elsewhere)
    replace(other, provenance={}).save(tmp_path / "of no problem.parquet")
    os.mkfifo(tmp_path / "waiting.parquet")
    answer = run("experiments.compare", str(tmp_path))
    assert answer.returncode == 1
    lines = answer.stderr.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("left out: ") for line in lines)
    assert f"{truncated}: truncated, or not a trajectory" in answer.stderr
    assert f"{tmp_path / 'waiting.parquet'}: no regular file" in answer.stderr
    assert "with seed 1: a run on gpt_s was made with artifact 000000000000…" in answer.stderr
    assert "the provenance of a run is broken ('space')" in answer.stderr
    assert pd.read_csv(tmp_path / "regret.csv")["seeds"].tolist() == [2]


def test_copies_count_once_and_two_results_of_one_run_are_refused(tmp_path: Path) -> None:
    assert run("experiments.run", "-m", "seeds=2", "budget=5", f"out={tmp_path / 'a'}").returncode == 0
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    answer = run("experiments.compare", str(tmp_path))
    assert answer.returncode == 0
    assert answer.stdout.endswith("2 files are copies of others, and count once\n")
    (path, _) = results(tmp_path / "b")
    other = Trajectory.load(path)
    path.unlink()
    replace(other, values=other.values + 1, centre=other.values + 1).save(path)
    answer = run("experiments.compare", str(tmp_path))
    assert answer.returncode == 2
    assert answer.stderr.startswith("error: two different results claim to be the run ")


@pytest.mark.parametrize("name", ["../../x", "x" * 300, "$x^{$\n\x1b[2J\0 größe 😀"])
def test_names_from_files_become_names_in_the_folder(name: str, tmp_path: Path) -> None:
    tiny = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1,), bias=(True,))
    problem = make_problem(tiny, ["params", "macs"])
    found = simulate(problem, RandomSearch(problem, seed=0), budget=5, config={"optimizer": {"name": name}})
    facts = {**found.provenance, "space": {**found.provenance["space"], "name": name}}
    replace(found, provenance=facts).save(tmp_path / "a" / "b" / "runs" / "run.parquet")
    answer = run("experiments.compare", str(tmp_path / "a" / "b" / "runs"))
    assert answer.returncode == 0, answer.stderr
    assert "\x1b" not in answer.stdout
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    runs = tmp_path / "a" / "b" / "runs"
    assert {path.parent for path in files} == {runs, runs / "tables"}
    assert len([path for path in files if path.parent == runs]) == 6  # the run, its seconds, a table, three pictures


def test_half_a_letter_in_a_name_is_refused(tmp_path: Path) -> None:
    problem = make_problem("gpt_s", ["params", "macs"])
    config = {"optimizer": {"name": "\udcff"}}
    simulate(problem, RandomSearch(problem, seed=0), budget=5, config=config).save(tmp_path / "run.parquet")
    answer = run("experiments.compare", str(tmp_path))
    assert answer.returncode == 2
    assert answer.stderr.endswith("run.parquet: not a trajectory: its metadata is broken\n")


def test_a_population_that_takes_the_whole_budget_is_said_in_the_table(tmp_path: Path) -> None:
    warning = "nsga2 is a random search: its first generation, pop_size=100, takes the whole budget of 20 evaluations"
    arguments = ("experiments.run", "-m", "optimizer=nsga2,local_search", "seeds=2", "budget=20", f"out={tmp_path}")
    assert run(*arguments).returncode == 0
    answer = run("experiments.compare", str(tmp_path))
    assert f"\nwarning: {warning}\n" in answer.stdout
    table = pd.read_csv(tmp_path / "regret.csv", keep_default_na=False)
    assert dict(zip(table["optimizer"], table["remark"], strict=True)) == {"nsga2": warning, "local_search": ""}


@pytest.mark.parametrize("noise", ["none", "sample"])
def test_titles_say_what_the_optimizers_observed(noise: Literal["none", "sample"]) -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"], noise=noise)
    runs = [simulate(problem, RandomSearch(problem, seed=seed), budget=20, config={"seed": seed}) for seed in (0, 1)]
    (comparison,) = compare(runs)
    observed = [f"optimizers observed {comparison.noise}; shown are noise-free values"] if noise == "sample" else []
    for plot, shown in (
        (plot_hypervolume, "median and quartiles over 2 seeds"),
        (plot_fronts, "black: exact front; median attainment surface and quartiles over 2 seeds"),
    ):
        assert plot(comparison).get_suptitle().splitlines() == ["gpt_s: perplexity, latency@a100", shown, *observed]
