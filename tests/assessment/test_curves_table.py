"""The tidy table of curves: what it holds, in memory and as Parquet."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hwbench_mo as hb
from hwbench_mo.assessment import INDICATORS
from hwbench_mo.assessment.curves_table import curves_table, indicators_table, write_curves
from hwbench_mo.assessment.indicators import FEW
from hwbench_mo.assessment.table import as_text
from optimizers import RandomSearch

BUDGET = 120


@pytest.fixture(scope="module")
def runs() -> list[hb.Trajectory]:
    problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
    return [
        hb.simulate(problem, RandomSearch(problem, seed=seed), budget=BUDGET, config={"seed": seed, "budget": BUDGET})
        for seed in range(3)
    ]


def test_a_row_is_a_run_at_a_checkpoint(runs: list[hb.Trajectory], tmp_path: Path) -> None:
    comparisons = hb.compare(runs)
    table = curves_table(comparisons)
    assert list(table.columns[:7]) == ["problem", "optimizer", "seed", "run", "evaluations", "hours", "seconds"]
    assert list(table.columns[7:]) == list(INDICATORS)
    assert not table.duplicated(["problem", "optimizer", "run", "evaluations"]).any()
    for seed, own in table.groupby("seed"):
        run = runs[int(str(seed))]
        places = own["evaluations"].to_numpy() - 1
        assert own["regret"].to_numpy() == pytest.approx(hb.regret_curve(comparisons[0].problem, run)[places])
        assert own["hours"].to_numpy() == pytest.approx(run.finish_times[places] / 3600)
        assert own["seconds"].to_numpy() == pytest.approx(run.optimizer_seconds[places])
        assert places[-1] == BUDGET - 1
    write_curves(comparisons, tmp_path / "curves.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "curves.parquet"), table, check_categorical=False)


def test_what_is_not_known_is_missing(runs: list[hb.Trajectory]) -> None:
    old = [hb.Trajectory(**{**vars(run), "optimizer_seconds": None}) for run in runs]
    table = curves_table(hb.compare(old, indicators=FEW))
    assert table["seconds"].isna().all()
    assert table["igd_plus"].isna().all()
    assert table["anytime"].notna().all()


def test_indicators_at_the_end(runs: list[hb.Trajectory]) -> None:
    comparisons = hb.compare(runs)
    table = indicators_table(comparisons)
    curves = curves_table(comparisons)
    ends = curves[curves["evaluations"] == BUDGET]
    for name in INDICATORS:
        assert table.data[name].tolist() == pytest.approx([np.median(ends[name])])
    text = as_text(table)
    assert max(map(len, text.split("\n"))) <= 100
    assert len(indicators_table(hb.compare(runs, indicators=FEW)).shown) == 3


def test_nothing_is_an_empty_table(tmp_path: Path) -> None:
    assert len(curves_table([])) == 0
    write_curves([], tmp_path / "curves.parquet")
    assert len(pd.read_parquet(tmp_path / "curves.parquet")) == 0
