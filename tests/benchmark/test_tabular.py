"""Measured rows that answer themselves: the benchmark, and runs on it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from omegaconf import OmegaConf

from experiments.sweeps.catalogue import CONF, choices
from experiments.sweeps.configuration import optimizer_named
from hwbench_mo import InputError, SearchSpace, Trajectory, make_problem, simulate
from hwbench_mo.assessment.comparison import compare
from hwbench_mo.assessment.runs import read_runs
from hwbench_mo.benchmark.tabular import TabularBenchmark
from hwbench_mo.problems.provenance import problem_of
from hwbench_mo.spaces import TabularSpace, get_space
from optimizers import LocalSearch
from tests.support.commands import results, run
from tests.support.spaces import MEASUREMENTS, SMALL, codes_of
from tests.support.tables import random_table, write_rows

needs_data = pytest.mark.skipif(not MEASUREMENTS.is_dir(), reason=f"no measurements at {MEASUREMENTS}")
OBJECTIVES = ["perplexity", "latency@a100"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("measurements"), get_space("gpt_s"))


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
    with pytest.raises(InputError, match="latency@h100 was not measured in 'small_table'; devices there, nearest"):
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


def test_local_search_goes_from_row_to_neighbouring_row() -> None:
    problem = make_problem(random_table(), OBJECTIVES)
    optimizer = LocalSearch(problem, seed=0)
    start = optimizer.ask(1)
    optimizer.tell(start, problem.evaluate(start))
    near = {code.tobytes() for code in problem.space.neighbours(start[0])}
    assert {code.tobytes() for code in optimizer.ask(5)} <= near


# From a folder


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


def test_every_problem_takes_a_table() -> None:
    for name in choices("problem"):
        assert OmegaConf.load(CONF / "problem" / f"{name}.yaml").table is None


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
