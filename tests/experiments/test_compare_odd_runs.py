"""Odd sets of runs end to end: tables that say what cannot be said, and pictures of all of them."""

from pathlib import Path

import pandas as pd
import pytest

from experiments.compare import main as compare_main
from hwbench_mo import make_problem, simulate
from optimizers import RandomSearch

A100, H100 = ["perplexity", "latency@a100"], ["perplexity", "latency@h100"]


def save(folder: Path, name: str, seed: int, *, objectives: list[str] = A100, budget: int = 6, draw: int = -1) -> None:
    """A run of random search under another name; of equal ``draw``, equal results."""
    problem = make_problem("gpt_s", objectives)
    config = {"optimizer": {"name": name}, "seed": seed, "budget": budget}
    found = simulate(problem, RandomSearch(problem, seed=seed if draw < 0 else draw), budget=budget, config=config)
    found.save(folder / f"{name}-{seed}-{objectives[-1]}-{budget}.parquet")


def compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert compare_main([str(folder)]) == 0
    told = capsys.readouterr().out
    assert "nan" not in told.split("written:")[0]
    return " ".join(told.split())


def test_one_optimizer_with_one_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path, "x", 0, budget=1)
    told = compared(tmp_path, capsys)
    for said in (
        "Of a single optimizer on a problem nothing can be compared",
        "Of one seed there is neither an interval nor a test",
        "Ranks need two optimizers that ran on all problems: there are none",
        "robustness needs a problem on which two optimizers ran",
    ):
        assert said in told
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_unequal_budgets_and_missing_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in (0, 1):
        save(tmp_path, "x", seed)
        save(tmp_path, "y", seed, budget=12)
        save(tmp_path, "x", seed, objectives=H100)
    save(tmp_path, "z", 0, objectives=H100)
    told = compared(tmp_path, capsys)
    for said in (
        "budgets differ (6, 12 evaluations); all are compared at the smallest, 6",
        "Of one seed there is neither",
        "Ranks need two optimizers that ran on all problems: there are none",
        "over all problems it has no winner, because no two optimizers ran on all of them",
    ):
        assert said in told
    table = pd.read_csv(tmp_path / "tables" / "standings.csv")
    assert table.groupby("problem")["optimizer"].apply(sorted).tolist() == [["x", "y"], ["x", "z"]]
    assert len(list(tmp_path.glob("*.png"))) == 5


def test_results_that_are_all_equal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "xy":
        for seed in range(3):
            save(tmp_path, name, seed, draw=7)
    told = compared(tmp_path, capsys)
    assert "Where all results are equal, so are the ranks, and none is better" in told
    assert "it has no winner, because all optimizers tie" in told
    assert pd.read_csv(tmp_path / "tables" / "standings.csv")["standing"].tolist() == ["best", "best"]


@pytest.mark.slow
def test_two_hundred_optimizers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place in range(200):
        save(tmp_path, f"mine_{place}", place, budget=4)
        save(tmp_path, f"mine_{place}", place, budget=4, objectives=H100)
    told = compared(tmp_path, capsys)
    assert "and 160 more, in the file" in told
    assert len(pd.read_csv(tmp_path / "tables" / "pairs.csv")) == 2 * 19_900
    assert len(list(tmp_path.glob("*.png"))) == 6
