"""Runs of an optimizer of one's own, saved, read and compared by the library alone."""

from pathlib import Path

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.assessment.tables import SHOWN, as_text
from hwbench_mo.typing import Codes, Values

BUDGET = 60


class Mine:
    """Draws from a space, ``width`` genes of which are fixed."""

    def __init__(self, problem: hb.Problem, seed: int, width: int | None = None) -> None:
        self.space, self.rng, self.width = problem.space, np.random.default_rng(seed), width

    def ask(self, n: int, /) -> Codes:
        codes = self.space.sample(n, self.rng)
        if self.width is not None:
            codes[:, 0] = self.width
        return codes

    def tell(self, codes: Codes, values: Values, /) -> None: ...


@pytest.fixture(scope="module")
def problem() -> hb.Problem:
    return hb.make_problem("gpt_s", ["perplexity", "latency@a100"])


@pytest.fixture(scope="module")
def folder(problem: hb.Problem, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seeds of a search of all widths, and of the widest alone."""
    out = tmp_path_factory.mktemp("runs")
    for seed in range(3):
        for name, width in (("all", None), ("widest", 2)):
            config = {"optimizer": {"name": name}, "seed": seed}
            run = hb.simulate(problem, Mine(problem, seed, width), budget=BUDGET, n_workers=4, config=config)
            run.save(out / name / f"{seed}.parquet")
    return out


@pytest.mark.parametrize("kind", [str, Path])
def test_runs_come_back_without_codes(kind: type, folder: Path, problem: hb.Problem) -> None:
    runs = hb.read_runs(kind(folder))
    assert [run.config["optimizer"]["name"] for run in runs] == ["all"] * 3 + ["widest"] * 3
    saved = hb.Trajectory.load(folder / "all" / "1.parquet")
    for name in ("values", "centre", "finish_times", "start_times", "repeats"):
        assert (getattr(runs[1], name) == getattr(saved, name)).all()
    assert runs[1].codes.shape == (BUDGET, 0)
    assert (problem.evaluate(saved.codes) == runs[1].values).all()


def test_a_comparison_orders_optimizers_by_their_median(folder: Path, problem: hb.Problem) -> None:
    (comparison,) = hb.compare(runs := hb.read_runs(folder))
    assert comparison.problem.name == problem.name
    assert [(group.label, len(group.runs)) for group in comparison.groups] == [("all", 3), ("widest", 3)]
    for group in comparison.groups:
        own = [run for run in runs if run.config["optimizer"]["name"] == group.label]
        for run, regrets in zip(own, group.regrets, strict=True):
            assert (regrets == hb.regret_curve(problem, run.values)[group.evaluations - 1]).all()
        assert (group.optimism == 0).all()


def test_the_table_is_of_the_final_regrets(folder: Path) -> None:
    comparisons = hb.compare(hb.read_runs(folder))
    table = hb.regret_table(comparisons)
    assert table["optimizer"].tolist() == ["all", "widest"]
    for (_, row), group in zip(table.iterrows(), comparisons[0].groups, strict=True):
        final = group.regrets[:, -1]
        assert (row["seeds"], row["evaluations"]) == (3, BUDGET)
        assert (row["best"], row["median"], row["worst"]) == tuple(sorted(final))
        assert row["mean"] == pytest.approx(final.mean())
        assert row["std"] == pytest.approx(final.std(ddof=1))
        assert row["hours"] == np.median([run.hours[-1] for run in group.runs])
        assert np.isnan(row["optimism"])
    text = as_text(table)
    assert text.startswith("gpt_s-perplexity-latency@a100: hypervolume regret over seeds (0 is the exact front)\n")
    assert text.split("\n")[1].split() == SHOWN


def test_one_seed_has_no_standard_deviation(folder: Path) -> None:
    table = hb.regret_table(hb.compare(hb.read_runs(folder)[:1]))
    assert np.isnan(table["std"]).all()
    assert " - " in as_text(table)


def test_runs_of_several_problems_are_compared_apart(folder: Path) -> None:
    other = hb.make_problem("gpt_m", ["accuracy", "params"])
    run = hb.simulate(other, Mine(other, 0), budget=5)
    comparisons = hb.compare([*hb.read_runs(folder), run])
    assert [comparison.problem.name for comparison in comparisons] == [
        "gpt_m-accuracy-params",
        "gpt_s-perplexity-latency@a100",
    ]
    assert hb.regret_table(comparisons)["optimizer"].tolist() == ["unnamed", "all", "widest"]


def test_folders_without_runs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(hb.InputError, match="missing is no folder; name the one that"):
        hb.read_runs(tmp_path / "missing")
    with pytest.raises(hb.InputError, match=r"holds no runs \(\*\.parquet\)"):
        hb.read_runs(str(tmp_path))
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    with pytest.raises(hb.InputError, match=r"broken\.parquet"):
        hb.read_runs(tmp_path)


def test_nothing_to_compare_is_an_empty_table() -> None:
    assert hb.compare([]) == []
    assert len(hb.regret_table([])) == 0
