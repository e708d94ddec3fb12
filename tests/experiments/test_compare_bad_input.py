"""Folders of few, uneven, equal or many runs, from the command line to tables and pictures."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.compare import main as compare_main
from hwbench_mo import Problem, SearchSpace, Trajectory, make_problem, simulate
from optimizers import RandomSearch

SMALL = SearchSpace(
    name="small", embed_dim=(64, 128), n_layer=(2, 3), mlp_ratio=(2, 3, 4), n_head=(1, 2), bias=(False, True)
)
TWO, OTHER, ONE = ("params", "macs"), ("params", "flops"), ("params",)


@lru_cache
def problem_of(objectives: tuple[str, ...]) -> Problem:
    return make_problem(SMALL, list(objectives))


@lru_cache
def run_of(seed: int, budget: int, objectives: tuple[str, ...]) -> Trajectory:
    problem = problem_of(objectives)
    return simulate(problem, RandomSearch(problem, seed=seed), budget=budget)


def save(
    folder: Path,
    seeds: Mapping[str, int],
    *,
    budgets: Mapping[str, int] | None = None,
    objectives: tuple[str, ...] = TWO,
    equal: bool = False,
) -> None:
    """Of each name so many runs, which differ between names, unless they are to be equal."""
    for place, (name, n_seeds) in enumerate(seeds.items()):
        budget = (budgets or {}).get(name, 15)
        for seed in range(n_seeds):
            run = run_of(0 if equal else 50 * (place % 7) + seed, budget, objectives)
            config = {"optimizer": {"name": name}, "seed": seed, "budget": budget}
            replace(run, config=config).save(folder / "-".join(objectives) / name / f"{seed}.parquet")


def compared(folder: Path, *arguments: str) -> pd.DataFrame:
    """The standings; all tables are written in all forms, and no picture is empty."""
    assert compare_main([str(folder), *arguments]) == 0
    tables = ("standings", "indicators", "pairs", "ranks", "robustness")
    assert all((folder / "tables" / f"{name}.{form}").stat().st_size for name in tables for form in ("md", "tex"))
    pictures = list(folder.glob("*.png"))
    assert pictures
    assert all(path.stat().st_size > 4000 for path in pictures)
    return pd.read_csv(folder / "tables" / "standings.csv", keep_default_na=False)


def test_one_seed_of_one_optimizer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path, {"alone": 1})
    assert compared(tmp_path)["standing"].tolist() == ["best"]
    said = " ".join(capsys.readouterr().out.split())
    assert "Of one seed there is neither an interval nor a test" in said
    assert "Of a single optimizer on a problem nothing can be compared" in said
    assert "robustness needs a problem on which two optimizers ran" in said


def test_all_equal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path, {"x": 3, "y": 3, "z": 3}, equal=True)
    assert set(compared(tmp_path)["rank"].astype(float)) == {2.0}
    said = " ".join(capsys.readouterr().out.split())
    assert "Where all results are equal" in said
    assert "it has no winner, because all optimizers tie" in said
    robustness = pd.read_csv(tmp_path / "tables" / "robustness.csv")
    assert robustness["winner"].isna().all()


def test_unequal_budgets_seeds_and_missing_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path, {"x": 3, "y": 1, "z": 2}, budgets={"y": 30})
    save(tmp_path, {"x": 2, "y": 3}, objectives=OTHER)
    save(tmp_path, {"x": 2, "y": 2}, objectives=ONE)
    table = compared(tmp_path)
    assert set(table[table["problem"] == "small-params-macs"]["evaluations"]) == {15}
    said = " ".join(capsys.readouterr().out.split())
    assert "budgets differ (15, 30 evaluations); all are compared at the smallest, 15" in said
    assert "z is left out, because it has no runs on" in said


@pytest.mark.slow
def test_two_hundred_optimizers(tmp_path: Path) -> None:
    save(tmp_path, {f"optimizer_{place}": 2 for place in range(200)})
    table = compared(tmp_path)
    assert len(table) == 200
    assert np.isfinite(table["median"]).all()
