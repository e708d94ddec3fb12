"""Many runs as one data set: nothing is lost, others can read it, and it compares as the runs do."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.collect import main
from experiments.compare import main as compare_main
from hwbench_mo import Trajectory
from hwbench_mo.assessment.comparison import compare
from hwbench_mo.assessment.runs import read_runs
from hwbench_mo.assessment.tables import regret_table
from hwbench_mo.simulation.dataset import parts, read_parts

NUMBERS = ("codes", "values", "centre", "finish_times", "start_times", "repeats", "optimizer_seconds")


def _collected(runs: Path, status: int = 0) -> Path:
    target = runs.parent / "set"
    assert main([str(runs), "--to", str(target)]) == status
    return target


def _same(a: Trajectory, b: Trajectory) -> bool:
    arrays = all(np.array_equal(getattr(a, name), getattr(b, name)) for name in NUMBERS)
    return arrays and (a.objectives, a.config, a.provenance) == (b.objectives, b.config, b.provenance)


def test_nothing_is_lost(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collected = {str(run.provenance["identity"]): run for run in read_parts(parts(_collected(runs)), codes=True)}
    assert capsys.readouterr().out == f"19 runs: {runs.parent / 'set'}\n"
    kept = [Trajectory.load(path) for path in sorted(runs.rglob("*.parquet"))]
    assert len(kept) == len(collected) == 19
    assert all(_same(run, collected[str(run.provenance["identity"])]) for run in kept)
    assert sorted(path.name for path in runs.parent.iterdir()) == ["runs", "set"]  # no scratch


def test_pandas_reads_it(runs: Path) -> None:
    table = pd.read_parquet(_collected(runs))
    kept = [Trajectory.load(path) for path in sorted(runs.rglob("*.parquet"))]
    assert len(table) == sum(map(len, kept))
    assert set(table["problem"]) == {"gpt_s-perplexity-latency@a100", "gpt_m-accuracy-params", "gpt_l-latency@h100"}
    assert set(table["optimizer"]) == {"RandomSearch", "LocalSearch"}
    for run in kept:
        rows = table[table["run"] == run.provenance["identity"]]
        assert rows["evaluation"].tolist() == list(range(len(run)))
        assert (rows["seed"] == run.config["seed"]).all()
        assert (np.stack(rows["code"].tolist()) == run.codes).all()
        assert (rows[list(run.objectives)].to_numpy() == run.values).all()
        assert rows["finish_time"].tolist() == run.finish_times.tolist()
        assert json.loads(rows["config"].iloc[0]) == run.config
        assert json.loads(rows["provenance"].iloc[0]) == run.provenance
        others = {"perplexity", "latency@a100", "accuracy", "params", "latency@h100"} - set(run.objectives)
        assert rows[sorted(others)].isna().all(axis=None)
        assert rows["centre:perplexity"].notna().all() == (run.provenance["noise"] == "sample")


def test_duckdb_and_polars_read_it(runs: Path) -> None:
    """By the partitions, and with every column as pandas has it."""
    duckdb, polars = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    assert main([str(runs)]) == 0
    files = str(runs / "collected" / "**" / "*.parquet")
    best = (
        pd.read_parquet(runs / "collected")
        .groupby(["problem", "optimizer"], observed=True)["perplexity"]
        .agg(["min", "size"])
    ).sort_index()
    query = f"""select problem, optimizer, min(perplexity), count(*)
                from read_parquet('{files}', hive_partitioning=true) group by all order by all"""
    asked = duckdb.sql(query).fetchall()
    assert [row[:2] for row in asked] == list(best.index)
    assert [row[3] for row in asked] == best["size"].tolist()
    np.testing.assert_array_equal(np.array([row[2] for row in asked], dtype=float), best["min"])
    frame = polars.scan_parquet(files, hive_partitioning=True)
    length = frame.filter(polars.col("problem") == best.index[0][0]).select(polars.len()).collect().item()
    assert length == best.loc[best.index[0][0], "size"].sum()
    assert set(frame.collect_schema().names()) == set(pd.read_parquet(runs / "collected").columns)


def test_it_compares_as_the_runs_do(runs: Path) -> None:
    of_runs = regret_table(compare(read_runs(runs)))
    pd.testing.assert_frame_equal(of_runs, regret_table(compare(read_runs(_collected(runs)))), check_exact=True)
    assert main([str(runs)]) == 0  # inside the folder it is not taken for runs
    pd.testing.assert_frame_equal(of_runs, regret_table(compare(read_runs(runs))), check_exact=True)


def test_a_comparison_goes_beside_a_data_set_which_stays_readable(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = _collected(runs)
    assert compare_main([str(target)]) == 0
    assert (runs.parent / "set-compared" / "regret.csv").exists()
    assert "RandomSearch" in capsys.readouterr().out
    assert sorted(path for path in target.rglob("*") if path.is_file()) == parts(target)


def test_a_damaged_data_set_is_named(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (part, *_) = parts(_collected(runs))
    part.write_bytes(part.read_bytes()[:-50])
    assert compare_main([str(runs.parent / "set")]) == 2
    assert capsys.readouterr().err.startswith(f"error: {part}: truncated, or not of a data set: ")


def test_a_data_set_is_never_replaced(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = _collected(runs)
    before = {path: path.read_bytes() for path in parts(target)}
    capsys.readouterr()
    assert main([str(runs), "--to", str(target)]) == 2
    expected = f"error: {target} exists already, and results are never replaced; name another\n"
    assert capsys.readouterr().err == expected
    assert {path: path.read_bytes() for path in parts(target)} == before
