"""Many runs as one data set: nothing is lost, others can read it, and it compares as the runs do."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import hwbench_mo as hb
from experiments.collect import main
from experiments.compare import main as compare_main
from hwbench_mo import Trajectory
from hwbench_mo.assessment.comparison import compare
from hwbench_mo.assessment.runs import read_runs
from hwbench_mo.assessment.tables import regret_table
from hwbench_mo.simulation.dataset import parts, read_parts
from optimizers import LocalSearch, RandomSearch
from tests.support.spaces import ROOT

PROBLEMS = (("gpt_s", "perplexity", "latency@a100"), ("gpt_m", "accuracy", "params"), ("gpt_l", "latency@h100"))
NUMBERS = ("codes", "values", "centre", "finish_times", "start_times", "repeats")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two problems and another of one objective, two optimizers, noise and none, and runs of different lengths."""
    folder = tmp_path_factory.mktemp("made")
    for space, *objectives in PROBLEMS:
        for optimizer in (RandomSearch, LocalSearch):
            for seed in range(3):
                _save(folder, space, objectives, optimizer, seed, noise="none", n=20 + 7 * seed)
    _save(folder, "gpt_s", ["perplexity", "latency@a100"], RandomSearch, 0, noise="sample", n=31)
    return folder


@pytest.fixture
def runs(tmp_path: Path, made: Path) -> Path:
    """A copy, for a test to spoil."""
    return Path(shutil.copytree(made, tmp_path / "runs"))


def _save(
    folder: Path,
    space: str,
    objectives: list[str],
    optimizer: type[RandomSearch] | type[LocalSearch],
    seed: int,
    *,
    noise: str,
    n: int,
) -> None:
    problem = hb.make_problem(space, objectives, noise=noise, seed=seed)  # type: ignore[arg-type]
    config = {"seed": seed, "budget": 40, "optimizer": {"name": optimizer.__name__}}
    run = hb.simulate(problem, optimizer(problem, seed=seed), budget=n, n_workers=3, config=config)
    own = replace(run, provenance={**run.provenance, "identity": f"{problem.name} {optimizer.__name__} {seed} {noise}"})
    own.save(folder / problem.name / optimizer.__name__ / f"seed-{seed}-{noise}.parquet")


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
    assert set(table["problem"]) == {"-".join(problem) for problem in PROBLEMS}
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
        others = {objective for _, *objectives in PROBLEMS for objective in objectives} - set(run.objectives)
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


@pytest.mark.parametrize("damage", ["truncated", "foreign", "corrupt inside", "objectives missing", "not ascending"])
def test_a_broken_file_is_named_and_left_out(runs: Path, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = sorted(runs.rglob("seed-*.parquet"))[4]
    whole = path.read_bytes()
    if damage == "truncated":
        path.write_bytes(whole[:-100])
    elif damage == "foreign":
        pd.DataFrame({"a": [1]}).to_parquet(path)
    elif damage == "corrupt inside":
        path.write_bytes(whole[:4] + bytes(200) + whole[204:])
    else:
        table = pq.ParquetFile(path).read()
        place = table.column_names.index("finish_time" if damage == "not ascending" else table.column_names[1])
        backwards = table[place].combine_chunks()[::-1]
        kept = table.remove_column(place)
        pq.write_table(kept.add_column(place, "finish_time", backwards) if damage == "not ascending" else kept, path)
    target = _collected(runs, status=1)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"left out: {path}: ")
    assert len(list(read_parts(parts(target)))) == 18


def test_a_run_that_is_there_twice_is_taken_once(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = sorted(runs.rglob("seed-*.parquet"))[0]
    (runs / "copies").mkdir()
    copy = runs / "copies" / path.name
    copy.write_bytes(path.read_bytes())
    assert len(list(read_parts(parts(_collected(runs))))) == 19
    assert capsys.readouterr().out == (
        f"19 runs: {runs.parent / 'set'}\n1 files are copies of others, and count once\n"
    )
    other = Trajectory.load(copy)
    copy.unlink()
    replace(other, values=other.values + 1, centre=other.values + 1).save(copy)
    assert main([str(runs), "--to", str(runs.parent / "another")]) == 2
    assert "are different, but claim to be one run: delete the wrong one" in capsys.readouterr().err


def test_a_collection_that_was_killed_is_made_again(runs: Path) -> None:
    """In a container, every process may have the same number."""
    target = runs.parent / "set"
    script = (
        "import os, experiments.collect as collect\n"
        "collect.schema_of = lambda sources: os._exit(9)\n"
        f"os.getpid = lambda: 1\ncollect.main([{str(runs)!r}, '--to', {str(target)!r}])"
    )
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 9
    assert not target.exists()
    assert len(list(read_parts(parts(_collected(runs))))) == 19


def test_folders_without_runs_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere")]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert main([str(tmp_path)]) == 2
    assert "holds no runs (seed-*.parquet)" in capsys.readouterr().err
    (tmp_path / "seed-0-x.parquet").write_text("nothing")
    assert main([str(tmp_path)]) == 2
    assert "can be read" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["seed-0-x.parquet"]
