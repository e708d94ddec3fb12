"""Measured rows that answer themselves: the space, the benchmark, problems, runs and the replay."""

import json
import re
import shutil
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from experiments.replay import main as replay_main
from experiments.reports.bias import SETS, bias_table, replay
from experiments.sweeps.configuration import CONF, choices, optimizer_named
from hwbench_mo import (
    DEVICES,
    Architecture,
    InputError,
    SearchSpace,
    Trajectory,
    load_benchmark,
    make_problem,
    simulate,
)
from hwbench_mo.assessment.comparison import compare
from hwbench_mo.assessment.runs import read_runs
from hwbench_mo.benchmark.load import load_table
from hwbench_mo.benchmark.tabular import TabularBenchmark
from hwbench_mo.measurements import Measurements, write_measurements
from hwbench_mo.problems.provenance import _problem, problem_of
from hwbench_mo.spaces import TabularSpace, get_space
from hwbench_mo.targets import CLOSED_FORM, PER_DEVICE
from optimizers import LocalSearch, RandomSearch
from tests.experiments.test_run import results, run
from tests.support.spaces import MEASUREMENTS, SMALL, codes_of, slow_nondominated, space_of
from tests.support.tables import random_table, some_rows

needs_data = pytest.mark.skipif(not MEASUREMENTS.is_dir(), reason=f"no measurements at {MEASUREMENTS}")
OBJECTIVES = ["perplexity", "latency@a100"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of measurements of gpt_s with 120 rows, 90 of them with perplexity."""
    place = tmp_path_factory.mktemp("measurements")
    write_measurements(measured(get_space("gpt_s")), place)
    return place


def measured(space: SearchSpace) -> Measurements:
    """Values are near those that the benchmark answers, so that the surrogates have something to be compared with."""
    rng = np.random.default_rng(1)
    codes, bench = some_rows(space, 120, 1), load_benchmark(space.name)
    n = len(codes)
    readings = {name: bench.predict(codes, name).median[:, None] for name in bench.targets if name not in CLOSED_FORM}
    readings["perplexity"] = readings["perplexity"] * rng.lognormal(0, 0.001, (n, 1))
    readings["perplexity"][90:] = np.nan
    for name in (f"{metric}@{device}" for device in DEVICES for metric in PER_DEVICE):
        readings[name] = readings[name] * rng.lognormal(0, 0.01, (n, 4))
    return Measurements(space, np.arange(n), codes, readings, np.full(n, np.nan))


# The space


def slow_distance(one: Architecture, other: Architecture) -> int:
    """The twin: choices that differ, one at a time; a layer that only one has differs in both of its choices."""
    pairs = [(one.embed_dim, other.embed_dim), (one.n_layer, other.n_layer), (one.bias, other.bias)]
    pairs += list(zip_longest(one.mlp_ratio, other.mlp_ratio)) + list(zip_longest(one.n_head, other.n_head))
    return sum(a != b for a, b in pairs)


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 30),
    st.integers(1, 5),
    st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=40)
def test_nearest_agrees_with_its_plain_twin(
    depths: list[int], n_ratios: int, n_heads: int, n_rows: int, k: int, seed: int
) -> None:
    full = space_of(depths, n_ratios, n_heads)
    space = TabularSpace.of(full, some_rows(full, n_rows, seed))
    rng = np.random.default_rng(seed)
    asked = rng.integers(full.n_choices, size=(20, full.n_genes))  # absent layers may hold anything
    avoided = rng.random(space.size) < 0.3
    rows, distances = space.nearest(asked, k)
    others, _ = space.nearest(asked, k, avoid=space.codes[avoided])
    members = space.decode(space.codes)
    for i, architecture in enumerate(full.decode(asked)):
        away = [slow_distance(architecture, member) for member in members]
        expected = sorted(range(len(away)), key=lambda row: (away[row], row))[:k]
        assert rows[i].tolist() == expected
        assert distances[i].tolist() == [away[row] for row in expected]
        wanted = sorted(range(len(away)), key=lambda row: (avoided[row], away[row], row))[:k]
        assert others[i].tolist() == wanted
    repaired = space.repair(asked)
    assert (repaired == space.codes[rows[:, 0]]).all()
    order = rng.permutation(len(asked))
    assert (space.repair(asked[order]) == repaired[order]).all()
    assert (space.repair(space.codes) == space.codes).all()


def test_nearest_is_the_same_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    space = TabularSpace.of(SMALL, some_rows(SMALL, 100, 0))
    asked = codes_of(SMALL)
    whole = space.nearest(asked, 4)
    monkeypatch.setattr("hwbench_mo.spaces.rows.CHUNK_CELLS", 250)
    in_pieces = space.nearest(asked, 4)
    assert (in_pieces[0] == whole[0]).all()
    assert (in_pieces[1] == whole[1]).all()


def test_what_was_not_measured_is_refused_by_name() -> None:
    rows = np.array(
        [
            [0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0, 1, 1, 1, 1, 0, 2, 1, 2],
            [1, 1, 0, 1, 0, 0, 0, 0, 0],
            [1, 0, 1, 1, 0, 0, 2, 0, 0],
        ]
    )
    space = TabularSpace.of(SMALL, rows)
    message = (
        "codes[1] is embed_dim 64, n_layer 3, bias False, mlp_ratio (4, 4, 2), n_head (4, 2, 4), which was not "
        "measured; nearest of the 4 architectures of 'small_table': "
        "embed_dim 64, n_layer 3, bias True, mlp_ratio (4, 4, 2), n_head (4, 2, 4) (1 gene differs); "
        "embed_dim 128, n_layer 3, bias False, mlp_ratio (4, 2, 2), n_head (1, 1, 1) (5 genes differ); "
        "embed_dim 64, n_layer 1, bias False, mlp_ratio (2), n_head (1) (7 genes differ)"
    )
    asked = np.stack([rows[0], rows[1]])
    asked[1, 2] = 0
    for refuse in (space.validate, space.canonical, space.rows, space.neighbours):
        with pytest.raises(InputError) as caught:
            refuse(asked if refuse != space.neighbours else asked[1])
        assert str(caught.value) == (message if refuse != space.neighbours else message.replace("codes[1]", "codes[0]"))
    with pytest.raises(InputError, match=r"codes\[0, 0\] is 2, but gene 0 of 'small_table' has 2 choices"):
        space.validate(rows + 2)
    with pytest.raises(InputError, match="codes have type float64"):
        space.rows(rows + 0.5)


def test_rows_are_found_whatever_absent_layers_hold() -> None:
    space = TabularSpace.of(SMALL, some_rows(SMALL, 100, 0))
    filled = np.where(space.active_genes(space.codes), space.codes, 1)
    assert (filled != space.codes).any()
    assert (space.rows(filled) == np.arange(space.size)).all()
    assert (space.canonical(filled) == space.codes).all()
    assert (space.validate(filled) == filled).all()
    assert space.find(codes_of(SMALL)).max() == space.size - 1
    assert (space.find(codes_of(SMALL)) >= 0).sum() == space.size
    assert space.rows(space.codes[:0]).shape == (0,)


def test_a_tabular_space_moves_among_its_rows() -> None:
    space = TabularSpace.of(SMALL, some_rows(SMALL, 60, 0))
    rng = np.random.default_rng(0)
    drawn = space.rows(space.sample(6000, rng))
    assert np.bincount(drawn, minlength=space.size) == pytest.approx(np.full(space.size, 6000 / space.size), abs=60)
    for row in range(5):
        near = space.rows(space.neighbours(space.codes[row]))
        assert near.tolist() == [other for other in space.nearest(space.codes[[row]], 11)[0][0] if other != row]
        stepped = space.rows(space.random_neighbours(np.repeat(space.codes[[row]], 300, axis=0), rng))
        assert set(stepped.tolist()) == set(near.tolist())
    assert space.codes[0].tolist() == next(space.enumerate()).tolist()
    assert len(list(space.enumerate())) == space.size


def test_wrong_rows_are_refused() -> None:
    rows = some_rows(SMALL, 5, 0)
    with pytest.raises(InputError, match=r"rows 1 and 5 of space 'small_table' are one architecture, embed_dim "):
        TabularSpace.of(SMALL, np.concatenate([rows, rows[[1]]]))
    with pytest.raises(InputError, match="'small_table' has no rows"):
        TabularSpace.of(SMALL, rows[:0])
    alone = TabularSpace.of(SMALL, rows[:1])
    with pytest.raises(InputError, match="holds one architecture, which has no neighbour"):
        alone.neighbours(rows[0])
    with pytest.raises(InputError, match="holds one architecture, which has no neighbour"):
        alone.random_neighbours(rows[:1], np.random.default_rng(0))


def test_facts_are_few_and_tell_spaces_apart() -> None:
    rows = some_rows(SMALL, 100, 0)
    space = TabularSpace.of(SMALL, rows)
    assert len(json.dumps(space.facts)) < 400
    assert space.facts["name"] == "small_table"
    assert space.full == SMALL
    assert space == TabularSpace.of(SMALL, rows)
    assert space != TabularSpace.of(SMALL, rows[1:])


# The benchmark


def test_a_prediction_is_of_the_repeats() -> None:
    bench = random_table()
    for target, repeats in bench.readings.items():
        measured = np.isfinite(repeats).any(axis=1)
        codes, taken = bench.space.codes[measured], repeats[measured]
        p = bench.predict(codes, target)
        assert p.target == target
        assert (p.median == np.nanmedian(taken, axis=1)).all()
        assert p.mean == pytest.approx(np.nanmean(taken, axis=1))
        assert p.std == pytest.approx(np.nanstd(taken, axis=1))
        levels = [0.0, 0.1, 0.5, 0.77, 1.0]
        assert p.quantile(levels) == pytest.approx(np.nanquantile(taken, levels, axis=1).T)
        assert (p.support == 1).all()
        assert (np.isnan(p.standard_error) == (np.isfinite(taken).sum(axis=1) == 1)).all()
        assert (bench.kernel([target])(codes)[:, 0] == p.median).all()


def test_draws_are_measured_values_and_reproducible() -> None:
    bench = random_table()
    codes = bench.space.codes
    for target in ("latency@a100", "energy@a100", "accuracy"):
        repeats = bench.readings[target]
        draws = np.stack([bench.predict(codes, target).sample(seed=0, repeat=repeat) for repeat in range(200)])
        is_value = draws[:, :, None] == repeats
        assert is_value.any(axis=2).all()
        shares = is_value.mean(axis=0)[np.isfinite(repeats)]
        expected = np.repeat(1 / np.isfinite(repeats).sum(axis=1), np.isfinite(repeats).sum(axis=1))
        assert shares == pytest.approx(expected, abs=0.17)
        order = np.random.default_rng(0).permutation(len(codes))[:40]
        again = bench.predict(codes[order], target).sample(seed=0, repeat=3)
        assert (again == draws[3][order]).all()
        assert target == "accuracy" or (bench.predict(codes, target).sample(seed=1) != draws[0]).any()


@pytest.mark.parametrize("count", [3, 10, 50])
def test_the_standard_error_is_that_of_the_median(count: int) -> None:
    rng = np.random.default_rng(0)
    space = TabularSpace.of(SMALL, codes_of(SMALL))
    bench = TabularBenchmark(space, {"latency@a100": rng.lognormal(0, 0.1, (space.size, count))}, {})
    p = bench.predict(space.codes, "latency@a100")
    assert p.standard_error.mean() == pytest.approx(p.median.std(), rel=0.2)


def test_closed_forms_are_exact() -> None:
    bench = random_table()
    for target in ("params", "macs", "flops"):
        p = bench.predict(bench.space.codes, target)
        expected = make_problem(SMALL, [target]).evaluate(bench.space.codes)[:, 0]
        assert (p.median == expected).all()
        assert (p.sample(seed=0) == expected).all()
        assert (p.standard_error == 0).all()
    assert bench.targets == ("perplexity", "accuracy", "latency@a100", "energy@a100", "params", "macs", "flops")


def test_unmeasured_targets_and_rows_are_refused_by_name() -> None:
    bench = random_table()
    missing = np.flatnonzero(np.isnan(bench.readings["perplexity"][:, 0]))
    codes = bench.space.codes[missing[:1]]
    with pytest.raises(InputError, match=r"perplexity of codes\[0\], embed_dim \d+, .*, was not measured; a problem"):
        bench.predict(codes, "perplexity")
    with pytest.raises(InputError, match=r"perplexity of codes\[0\], embed_dim \d+, .*, was not measured; a problem"):
        bench.kernel(["params", "perplexity"])(codes)
    with pytest.raises(InputError, match="latency@h100 was not measured in 'small_table'; known there: perplexity"):
        bench.predict(codes, "latency@h100")
    with pytest.raises(InputError, match="unknown objective 'perplexty'; valid, nearest first: perplexity"):
        make_problem(bench, ["perplexty"])
    nothing = TabularBenchmark(bench.space.take(np.isin(np.arange(bench.space.size), missing)), {}, {})
    with pytest.raises(InputError, match="known there: params, macs, flops"):
        make_problem(nothing, ["perplexity"])
    with pytest.raises(InputError, match=r"readings of accuracy have shape \(3, 1\), but 'small_table' needs"):
        TabularBenchmark(bench.space, {"accuracy": np.ones((3, 1))}, {})


def test_a_table_is_restricted_to_a_space_of_ones_own() -> None:
    bench = random_table()
    mine = SearchSpace(name="mine", embed_dim=(128,), n_layer=(1,), mlp_ratio=(2, 4), n_head=(1, 4))
    small = bench.restrict(mine)
    assert small.space.full == mine
    assert 0 < small.space.size < bench.space.size
    architectures = small.space.decode(small.space.codes)
    expected = bench.predict(SMALL.encode(architectures), "latency@a100")
    answer = small.predict(small.space.codes, "latency@a100")
    assert (answer.median == expected.median).all()
    assert (answer.sample(seed=1) == expected.sample(seed=1)).all()
    elsewhere = SearchSpace(name="elsewhere", embed_dim=(32,), n_layer=(1,), mlp_ratio=(2,), n_head=(1,))
    with pytest.raises(InputError, match="no architecture of 'small_table' lies in space 'elsewhere'"):
        bench.restrict(elsewhere)


# Problems


@pytest.mark.parametrize(
    "objectives", [OBJECTIVES, ["accuracy"], ["accuracy", "energy@a100", "params"], ["perplexity", "accuracy"]]
)
@pytest.mark.parametrize("seed", range(2))
def test_the_front_is_that_of_the_measured_rows(objectives: list[str], seed: int) -> None:
    bench = random_table(seed=seed)
    problem = make_problem(bench, objectives)
    rows = np.ones(bench.space.size, dtype=bool)
    for name in objectives:
        rows &= np.isfinite(bench.readings[name]).any(axis=1) if name in bench.readings else True
    assert problem.space.size == rows.sum()
    assert (problem.space.size < bench.space.size) == ("perplexity" in objectives)
    values = problem.evaluate(bench.space.codes[rows])
    expected = values[slow_nondominated(values)]
    codes, found = problem.pareto_front()
    assert (found == expected[np.lexsort(expected.T[::-1])]).all()
    assert (problem.evaluate(codes) == found).all()
    assert (problem.ideal == values.min(axis=0)).all()
    assert (problem.nadir == expected.max(axis=0)).all()


def test_noise_is_one_of_the_measured_values() -> None:
    bench = random_table()
    problem = make_problem(bench, ["accuracy", "latency@a100"], noise="sample", seed=4)
    codes = problem.space.codes  # type: ignore[attr-defined]
    values = problem.evaluate(codes)
    assert (values[:, 1] == bench.predict(codes, "latency@a100").sample(seed=4)).all()
    assert (values[:, 0] == -bench.readings["accuracy"][:, 0]).all()
    assert (problem.evaluate(codes[::-1]) == values[::-1]).all()
    assert (problem.evaluate(codes, repeat=1) != values).any()


def test_local_search_goes_from_row_to_neighbouring_row() -> None:
    problem = make_problem(random_table(), OBJECTIVES)
    optimizer = LocalSearch(problem, seed=0)
    start = optimizer.ask(1)
    optimizer.tell(start, problem.evaluate(start))
    near = {code.tobytes() for code in problem.space.neighbours(start[0])}
    assert {code.tobytes() for code in optimizer.ask(5)} <= near


# From a folder


def test_a_folder_answers_itself(folder: Path) -> None:
    bench = load_benchmark("gpt_s", table=folder)
    assert isinstance(bench, TabularBenchmark)
    assert bench is load_benchmark("gpt_s", table=str(folder))  # read once
    assert bench.space.name == "gpt_s_table"
    assert bench.space.size == 120
    table = pd.read_parquet(folder / "gpt_s" / "a100.parquet")
    assert bench.predict(bench.space.codes, "latency@a100").median == pytest.approx(
        np.median(np.stack(table["latency_ms"].tolist()), axis=1)
    )
    problem = make_problem("gpt_s", OBJECTIVES, table=folder)
    assert problem.name == "gpt_s_table-perplexity-latency@a100"
    assert problem.space.size == 90
    assert make_problem("gpt_s", OBJECTIVES, table=folder).space is problem.space


def test_folders_that_cannot_answer_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no measurements of 'gpt_m'; it has gpt_s"):
        make_problem("gpt_m", OBJECTIVES, table=folder)
    with pytest.raises(InputError, match="holds no measurements of 'gpt_s'; name the folder that holds gpt_s, gpt_m"):
        load_table(get_space("gpt_s"), tmp_path)
    with pytest.raises(InputError, match="unknown space 'gpt_xs'"):
        make_problem("gpt_xs", OBJECTIVES, table=folder)
    with pytest.raises(InputError, match="needs a space by name, such as 'gpt_s', not"):
        make_problem(SMALL, OBJECTIVES, table=folder)
    with pytest.raises(InputError, match="but one answers: name one"):
        load_benchmark("gpt_s", table=folder, artifacts=tmp_path)  # type: ignore[call-overload]
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "gpt_s" / "h100.parquet").unlink()
    with pytest.raises(InputError, match=r"latency@h100 was not measured in 'gpt_s_table'; known there: perpl"):
        make_problem("gpt_s", ["perplexity", "latency@h100"], table=copy)
    assert make_problem("gpt_s", OBJECTIVES, table=copy).space.size == 90
    (copy / "gpt_s" / "architectures.parquet").unlink()
    with pytest.raises(InputError, match=r"architectures.parquet is missing"):
        make_problem("gpt_s", OBJECTIVES, table=copy)


def test_runs_on_a_table_are_configured_and_compared(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    noisy = run("experiments.run", f"problem.table={folder}", "problem.noise=sample", "budget=40", f"out={out}")
    assert noisy.returncode == 0, noisy.stderr
    sweep = run(
        "experiments.run", "-m", f"problem.table={folder}", "optimizer=random_search,local_search", "seed=0,1",
        "budget=40", f"out={out}",
    )  # fmt: skip
    assert sweep.returncode == 0, sweep.stderr
    path = results(out / "gpt_s_table-perplexity-latency@a100" / "local_search")[0]
    trajectory = Trajectory.load(path)
    assert trajectory.config["problem"]["table"] == str(folder)
    assert trajectory.provenance["table"] == {"space": "gpt_s", "folder": str(folder.resolve())}
    problem = make_problem("gpt_s", OBJECTIVES, table=folder)
    assert trajectory.provenance["artifact_sha256"] == problem.benchmark.manifest["sha256"]
    assert trajectory.provenance["space"]["fingerprint"] == problem.space.facts["fingerprint"]
    assert (trajectory.values == problem.evaluate(trajectory.codes)).all()
    assert problem_of(trajectory.provenance, trajectory.objectives).space == problem.space
    by_size = {len(comparison.groups): comparison for comparison in compare(read_runs(out))}
    assert {group.label for group in by_size[2].groups} == {"random_search", "local_search"}
    assert [group.label for group in by_size[1].groups] == ["random_search"]


def test_a_table_is_found_again_or_missed_in_a_line(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    mine = SearchSpace(name="mine", embed_dim=(192, 384), n_layer=(10, 11), mlp_ratio=(2, 3, 4), n_head=(4, 8, 12))
    for name, bench in (
        ("whole", load_benchmark("gpt_s", table=copy)),
        ("part", load_benchmark("gpt_s", table=copy).restrict(mine)),
    ):
        problem = make_problem(bench, OBJECTIVES)
        simulate(problem, RandomSearch(problem, seed=0), budget=10).save(tmp_path / name / "run.parquet")
        (comparison,) = compare(read_runs(tmp_path / name))
        assert comparison.problem.space == problem.space
    changed = pd.read_parquet(copy / "gpt_s" / "h100.parquet")
    changed["latency_ms"] = changed["latency_ms"] * 2
    changed.to_parquet(copy / "gpt_s" / "h100.parquet")
    _problem.cache_clear()
    with pytest.raises(InputError, match=r"with the measurements [0-9a-f]{12}… in .*, which holds [0-9a-f]{12}… now"):
        compare(read_runs(tmp_path / "whole"))
    shutil.rmtree(copy)
    with pytest.raises(InputError, match=r"was made with the measurements .*, which cannot be read: .* holds no"):
        compare(read_runs(tmp_path / "whole"))


def test_every_problem_takes_a_table() -> None:
    for name in choices("problem"):
        assert OmegaConf.load(CONF / "problem" / f"{name}.yaml").table is None


# The replay


def test_replay_end_to_end(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(folder), "--seeds", "3", "--budget", "30", "--optimizer", "local_search", "--out", str(tmp_path)]
    assert replay_main(arguments) == 0
    said = capsys.readouterr().out
    stem = "gpt_s_table-perplexity-latency@a100-local_search-bias"
    assert str(tmp_path / f"{stem}.png") in said
    assert (tmp_path / f"{stem}.png").stat().st_size > 10_000
    assert "what the surrogates take for the front (" in said
    table = pd.read_csv(tmp_path / f"{stem}.csv")
    assert table["objective"].tolist() == ["perplexity"] * 3 + ["latency@a100"] * 3
    assert table["over"].tolist() == list(SETS) * 2
    # The rows were made of the surrogates' own answers, with a noise of 0.1 % and, of a median of four, about 0.5 %.
    assert table["median"].abs().max() < 0.01
    assert replay_main([*arguments, "--objectives", "accuracy", "energy@h100", "params", "--seeds", "1"]) == 0


def test_replay_judges_the_surrogates_choice_by_measurements(folder: Path) -> None:
    problem, surrogate = make_problem("gpt_s", OBJECTIVES, table=folder), make_problem("gpt_s", OBJECTIVES)
    replayed = replay(problem, surrogate, optimizer_named("random_search"), n_seeds=2, budget=20)
    codes = problem.space.codes  # type: ignore[attr-defined]
    predicted = surrogate.evaluate(codes)
    measured, regret = replayed.chosen()
    assert (measured == problem.evaluate(codes)[slow_nondominated(predicted)]).all()
    assert 0 <= regret < 0.05
    visited = np.concatenate([one.codes for one in replayed.runs])
    bias = surrogate.evaluate(visited) / problem.evaluate(visited) - 1
    table = bias_table(replayed).set_index(["over", "objective"])
    assert table.loc[("visited", "perplexity"), "median"] == pytest.approx(np.median(bias[:, 0]))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (["--optimizer", "nsga"], "unknown optimizer 'nsga'; valid, nearest first: nsga2"),
        (["--objectives", "perplexity"], "a replay needs two or more"),
        (["--seeds", "0"], "seeds is 0, but must be at least 1"),
        (["--budget", "0"], "budget is 0, but must be at least 1"),
        (["--space", "gpt_l"], "holds no measurements of 'gpt_l'; it has gpt_s"),
    ],
)
def test_mistakes_in_a_replay_are_answered_in_a_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str], message: str
) -> None:
    assert replay_main([str(folder), "--out", str(tmp_path / "out"), *wrong]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert re.fullmatch(r"error: .*\n", said)
    assert not (tmp_path / "out").exists()


# The real measurements


@needs_data
@pytest.mark.parametrize(("name", "n_rows"), [("gpt_s", 9001), ("gpt_m", 4738), ("gpt_l", 397)])
def test_real_rows_answer(name: str, n_rows: int) -> None:
    problem = make_problem(name, ["perplexity", "energy@h100"], table=MEASUREMENTS)
    assert problem.space.size == n_rows
    make: Callable[..., Any] = optimizer_named("nsga2")
    trajectory = simulate(problem, make(problem, seed=0), budget=300)
    assert len(trajectory) == 300
    everything = problem.evaluate(np.array(list(problem.space.enumerate())))
    assert (problem.ideal == everything.min(axis=0)).all()
