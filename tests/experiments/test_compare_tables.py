"""The tables of a comparison, as files, and seeds that are blocks."""

from pathlib import Path

import pandas as pd

from hwbench_mo.assessment import read_runs
from tests.support.commands import results, run
from tests.support.optimizers import needs_optuna


def test_seeds_are_paired_where_optimizers_share_their_first_architectures(tmp_path: Path) -> None:
    arguments = ("experiments.run", "-m", "seeds=6", "budget=30", f"out={tmp_path}", "initial=shared")
    assert run(*arguments, "optimizer=random_search,local_search").returncode == 0
    runs = read_runs(tmp_path)
    for seed in range(6):
        one, other = (found for found in runs if found.config["seed"] == seed)
        assert (one.values[0] == other.values[0]).all()
    assert run("experiments.compare", str(tmp_path)).returncode == 0
    pairs = pd.read_csv(tmp_path / "tables" / "pairs.csv")
    assert pairs["test"].tolist() == ["Wilcoxon"]
    words = (tmp_path / "tables" / "pairs.md").read_text()
    assert "seeds are blocks" in words
    refused = run("experiments.run", "initial=mine", f"out={tmp_path / 'b'}")
    assert refused.returncode == 2
    assert "unknown initial 'mine'; valid, nearest first: own, shared" in refused.stderr


@needs_optuna
def test_an_optimizer_that_draws_elsewhere_cannot_share(tmp_path: Path) -> None:
    answer = run("experiments.run", "initial=shared", "optimizer=motpe", "budget=5", f"out={tmp_path}")
    assert answer.returncode == 2
    assert "initial=shared is not for motpe, which draws its first architectures itself" in answer.stderr
    assert not results(tmp_path)


def test_every_table_is_written_in_every_form(tmp_path: Path) -> None:
    assert (
        run(
            "experiments.run", "-m", "seeds=3", "optimizer=random_search,nsga2", "budget=120", f"out={tmp_path}"
        ).returncode
        == 0
    )
    answer = run("experiments.compare", str(tmp_path))
    assert answer.returncode == 0, answer.stderr
    names = {path.name for path in (tmp_path / "tables").iterdir()}
    tables = ("standings", "indicators", "pairs", "ranks", "robustness")
    assert names == {f"{name}.{form}" for name in tables for form in ("csv", "md", "tex")} | {
        "runtimes.csv",
        "curves.parquet",
    }
    assert max(map(len, answer.stdout.split("\nwritten:")[0].split("\n"))) <= 100
    curves = pd.read_parquet(tmp_path / "tables" / "curves.parquet")
    assert curves.groupby("run", observed=True)["evaluations"].max().tolist() == [120] * 6
    assert (curves["seconds"] > 0).all()
    before = (tmp_path / "tables" / "standings.csv").read_bytes()
    assert run("experiments.compare", str(tmp_path)).returncode == 0  # its own tables are no runs
    assert (tmp_path / "tables" / "standings.csv").read_bytes() == before
