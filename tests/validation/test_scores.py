"""Evaluation: scores are what they are defined as, folds leak nothing, and a run can be resumed."""

import argparse
from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo import InputError, SearchSpace
from hwbench_mo.benchmark import Benchmark, load_benchmark
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.spaces import get_space
from hwbench_mo.spaces.coding import EMBED_DIM, N_LAYER
from hwbench_mo.targets import GPUS
from hwbench_mo.typing import Floats
from hwbench_mo.validation import baselines as baselines_module
from hwbench_mo.validation import execution, units
from hwbench_mo.validation import judge as judge_module
from hwbench_mo.validation.command import add_arguments, evaluate, run
from hwbench_mo.validation.criteria import verdicts
from hwbench_mo.validation.folds import extremeness, split_corners, split_folds, split_holdout
from hwbench_mo.validation.gaussian import gaussian_forecast
from hwbench_mo.validation.judge import Options, judge
from hwbench_mo.validation.scores import (
    LEVELS,
    Outcome,
    gaussian_crps,
    gaussian_quantiles,
    rank_correlation,
    score,
    summarise,
)
from hwbench_mo.validation.skeleton import BEGIN, END
from hwbench_mo.validation.surrogate_pictures import layer_costs, slice_codes
from hwbench_mo.validation.units import OURS
from tests.support.measured import random_models, write_measurements
from tests.support.spaces import MEASUREMENTS

SPACE = SearchSpace(name="toy", embed_dim=(64, 128), n_layer=(3, 4), mlp_ratio=(2, 4), n_head=(1, 2, 4))
TARGETS = ("perplexity", "latency@a100", "energy@epyc_7513")
needs_data = pytest.mark.skipif(not MEASUREMENTS.is_dir(), reason=f"no measurements at {MEASUREMENTS}")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measurements:
    place = tmp_path_factory.mktemp("measurements")
    write_measurements(place, SPACE, random_models(SPACE), n=900)
    everything = read_measurements(place, SPACE)
    few = {target: everything.readings[target] for target in (*TARGETS, "accuracy", "memory_float16")}
    return replace(everything, readings=few)  # to be quick


# Scores


def test_crps_of_quantiles_is_close_to_the_closed_form_of_a_gaussian() -> None:
    rng = np.random.default_rng(0)
    mean, std, y = rng.normal(size=(3, 200))
    std = np.exp(std)
    outcome = score(np.arange(200), gaussian_quantiles(mean, std), y[:, None])
    # Levels beyond 0.01 and 0.99 are left out: the grid is off by 1 % of the spread where y is near, more in the tails.
    near = np.abs(y - mean) < 2 * std
    expected = gaussian_crps(mean, std, y)
    assert np.abs(outcome.crps - expected)[near].max() < 0.02 * std[near].max()
    assert outcome.crps[near] / std[near] == pytest.approx(expected[near] / std[near], abs=0.02)


def test_gaussian_crps_is_the_integral_of_squared_differences() -> None:
    x = np.arange(-30, 30, 0.001)
    distribution = np.array([NormalDist(1.0, 2.0).cdf(one) for one in x])
    integral = np.sum((distribution - (x >= 2.5)) ** 2) * 0.001
    assert gaussian_crps(np.array([1.0]), np.array([2.0]), np.array([2.5]))[0] == pytest.approx(integral, rel=1e-3)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_scores_agree_with_their_definitions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, r = 4, 3
    quantiles = np.sort(rng.normal(size=(n, 99)), axis=1)
    repeats = rng.normal(0, 2, (n, r))
    repeats[rng.random((n, r)) < 0.3] = np.nan
    repeats[:, 0] = quantiles[np.arange(n), rng.integers(99, size=n)]  # ties count as at most the quantile
    outcome = score(np.arange(n), quantiles, repeats)
    coverage = np.zeros(99)
    for i in range(n):
        known = [y for y in repeats[i] if np.isfinite(y)]
        losses = [[(level - (y < q)) * (y - q) for level, q in zip(LEVELS, quantiles[i], strict=True)] for y in known]
        assert outcome.crps[i] == pytest.approx(2 * np.mean(losses))
        assert outcome.pinball[i] == pytest.approx(np.mean(losses, axis=0)[[4, 49, 94]])
        for k, (low, high) in enumerate([(24, 74), (4, 94)]):
            inside = [quantiles[i, low] <= y <= quantiles[i, high] for y in known]
            assert outcome.inside[i, k] == pytest.approx(np.mean(inside))
            assert outcome.width[i, k] == quantiles[i, high] - quantiles[i, low]
        coverage += np.mean([[y <= q for q in quantiles[i]] for y in known], axis=0) / n
    assert outcome.coverage == pytest.approx(coverage)


def test_an_architecture_weighs_the_same_however_often_it_was_measured() -> None:
    quantiles = np.zeros((2, 99))
    often = score(np.arange(2), quantiles, np.array([[1.0, 1.0, 1.0], [2.0, np.nan, np.nan]]))
    assert often.crps.mean() == pytest.approx(1.5)


def test_only_a_perfect_forecaster_is_calibrated() -> None:
    rng = np.random.default_rng(0)
    n = 20_000
    mean = rng.normal(10, 1, n)
    y = rng.normal(mean, 1)[:, None]
    calibration = {}
    for name, std in (("perfect", 1.0), ("too sure", 0.5), ("too vague", 2.0)):
        outcome = score(np.arange(n), gaussian_quantiles(mean, np.full(n, std)), y)
        scores = summarise(outcome, y[:, 0], np.zeros(n, dtype=np.int64))
        calibration[name] = scores["calibration"]
        assert scores["crps"] == pytest.approx(gaussian_crps(mean, np.full(n, std), y[:, 0]).mean(), rel=0.02)
    assert calibration["perfect"] < 0.005
    assert min(calibration["too sure"], calibration["too vague"]) > 0.05
    perfect = score(np.arange(n), gaussian_quantiles(mean, np.ones(n)), y)
    assert perfect.inside.mean(axis=0) == pytest.approx([0.5, 0.9], abs=0.01)


def test_pooled_outcomes_are_those_of_all_at_once() -> None:
    rng = np.random.default_rng(0)
    quantiles, repeats = np.sort(rng.normal(size=(30, 99)), axis=1), rng.normal(size=(30, 5))
    shuffled = rng.permutation(30)
    parts = [score(rows, quantiles[rows], repeats[rows]) for rows in (shuffled[:7], shuffled[7:])]
    joined, whole = Outcome.join(parts), score(np.arange(30), quantiles, repeats)
    for field in ("rows", "median", "crps", "pinball", "coverage", "inside", "width", "negative"):
        assert getattr(joined, field) == pytest.approx(getattr(whole, field)), field


def test_rank_correlation_counts_pairs_within_groups() -> None:
    measured, groups = np.array([1.0, 2, 3, 30, 20, 10]), np.array([0, 0, 0, 1, 1, 1])
    assert rank_correlation(measured, measured, groups) == pytest.approx(1)
    assert rank_correlation(np.array([1.0, 2, 3, 4, 5, 6]), measured, groups) == pytest.approx(0)
    assert rank_correlation(np.zeros(6), measured, groups) == 0
    assert np.isnan(rank_correlation(measured, np.ones(6), groups))


def test_summary_of_known_errors() -> None:
    centre = np.array([1.0, 2.0, 3.0, 4.0])
    outcome = score(np.arange(4), np.repeat(centre[:, None] * 1.1, 99, axis=1), centre[:, None], np.full(4, 0.16))
    scores = summarise(outcome, centre, np.zeros(4, dtype=np.int64))
    assert scores["relative_error"] == pytest.approx(0.1)
    assert scores["rmse"] == pytest.approx(0.1 * np.sqrt(7.5))
    assert scores["r2"] == pytest.approx(1 - 0.01 * 30 / 5)
    assert scores["crps"] == pytest.approx(0.25)
    assert scores["within_2_se"] == 0.75
    assert scores["tau_within"] == 1


# Folds


def test_every_architecture_is_kept_from_one_fold_even_where_it_is_repeated(measured: Measurements) -> None:
    rows = np.arange(len(measured.codes))
    doubled = measured.take(np.ones(len(rows), dtype=bool))
    twice = replace(
        doubled,
        codes=np.concatenate([doubled.codes, doubled.codes]),
        readings={name: np.concatenate([values, values]) for name, values in doubled.readings.items()},
    )
    folds = split_folds(twice, folds=5, seed=3)
    assert np.sum([fold.test for fold in folds], axis=0).tolist() == [1] * len(twice.codes)
    for fold in folds:
        train, test = ({tuple(code) for code in twice.codes[rows]} for rows in (~fold.test, fold.test))
        assert train.isdisjoint(test)
        assert fold.test.sum() == pytest.approx(len(twice.codes) / 5, abs=2)
    (holdout,) = split_holdout(measured, share=0.1, seed=3)
    assert holdout.test.sum() == pytest.approx(0.1 * len(rows), abs=1)
    assert (split_holdout(measured, share=0.1, seed=4)[0].test != holdout.test).any()
    assert (split_holdout(measured, share=0.1, seed=3)[0].test == holdout.test).all()


def test_corners_are_the_outer_tenth_of_each_width(measured: Measurements) -> None:
    (corners,) = split_corners(measured)
    distance, embed_dim = extremeness(measured), measured.codes[:, EMBED_DIM]
    for e in (0, 1):
        here = embed_dim == e
        assert corners.test[here].mean() == pytest.approx(0.1, abs=0.06)  # many of so few layers are equally far
        assert distance[here & corners.test].min() >= distance[here & ~corners.test].max()
    counts = measured.space.counts(measured.codes)[1]
    spread = [np.abs(counts[rows] - counts.mean(axis=0)).mean() for rows in (corners.test, ~corners.test)]
    assert spread[0] > spread[1]


# Peers


def test_gaussian_peers_widen_to_what_they_are_off(measured: Measurements) -> None:
    """A learner that knows nothing beyond the mean has as wide a Gaussian as the data is spread."""

    def ignorant(x: list[Floats], y: Floats, held: np.ndarray, x_new: list[Floats]) -> tuple[Floats, Floats]:
        mean = y[~held].mean(axis=0)
        return np.tile(mean, (held.sum(), 1)), np.tile(mean, (len(x_new[0]), 1))

    x = baselines_module.views(SPACE, measured.codes, "memory_float16")
    quantiles = gaussian_forecast(measured, "memory_float16", x, x, ignorant)
    inside = score(np.arange(len(x[0])), quantiles, measured.readings["memory_float16"]).inside.mean(axis=0)
    assert inside == pytest.approx([0.5, 0.9], abs=0.15)


@pytest.mark.parametrize("name", ["lightgbm", "lightgbm_quantile", "trees"])
def test_peers_are_fair_and_repeatable(measured: Measurements, name: str) -> None:
    pytest.importorskip(baselines_module.peers()[name].module)
    (fold,) = split_holdout(measured, share=0.2, seed=0)
    train, test = measured.take(~fold.test), measured.take(fold.test)
    for target in ("latency@a100", "memory_float16"):
        quantiles = baselines_module.peers()[name](train, test.codes, target)
        assert quantiles.shape == (len(test.codes), 99)
        assert (np.diff(quantiles, axis=1) >= 0).all()
        median, centre = quantiles[:, 49], test.centre(target)
        assert np.median(np.abs(median / centre - 1)) < 0.1
        assert rank_correlation(median, centre, SPACE.groups(test.codes)) > 0.6
    assert (baselines_module.peers()[name](train, test.codes, target) == quantiles).all()


# The whole


def _options(out: Path, **changes: object) -> Options:
    return replace(Options(out=out, targets=TARGETS, folds=2, peers=["trees"]), **changes)  # type: ignore[arg-type]


def _known(measured: Measurements) -> Benchmark:
    """In place of a fit, where any will do."""
    return Benchmark(measured.space, random_models(measured.space))


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _by_method(table: pd.DataFrame, target: str) -> dict[str, dict[Hashable, Any]]:
    return {row["method"]: row for row in table.to_dict("records") if row["target"] == target}


def test_a_resumed_run_ends_like_one_that_was_not_interrupted(
    measured: Measurements, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, resumed = tmp_path / "whole", tmp_path / "resumed"
    options = _options(whole, corners=False)
    table = evaluate({"toy": measured}, options, whole / "docs", pictures=False).findings.table
    scores = _by_method(table, "latency@a100")
    assert scores[OURS]["tau_within"] > 0.95
    assert scores[OURS]["coverage_90"] == pytest.approx(0.9, abs=0.03)
    assert scores[OURS]["crps"] < scores["trees"]["crps"]
    assert scores["trees"]["crps_difference"] < 0

    stored = 0

    def interrupt(outcome: Outcome, path: Path) -> None:
        nonlocal stored
        stored += 1
        if stored > 7:
            raise KeyboardInterrupt
        units.save_outcome(outcome, path)

    with monkeypatch.context() as patch:
        patch.setattr(execution, "save_outcome", interrupt)
        with pytest.raises(KeyboardInterrupt):
            judge({"toy": measured}, replace(options, out=resumed))
    before = _bytes(resumed)
    assert len(before) == 7
    capsys.readouterr()
    evaluate({"toy": measured}, replace(options, out=resumed, jobs=2), resumed / "docs", pictures=False)
    assert "12 results, of which 7 are there" in capsys.readouterr().out
    assert _bytes(resumed) == _bytes(whole)
    assert before.items() <= _bytes(resumed).items()


def test_a_change_of_the_fit_leaves_the_results_of_peers(
    measured: Measurements, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(execution, "fit_space", _known)
    judge({"toy": measured}, _options(tmp_path, corners=False))
    real = units.hash_sources
    monkeypatch.setattr(
        units, "hash_sources", lambda patterns: "changed" if patterns is units.OWN_SOURCES else real(patterns)
    )
    capsys.readouterr()
    judge({"toy": measured}, _options(tmp_path, corners=False))
    assert "12 results, of which 6 are there" in capsys.readouterr().out
    other = replace(measured, readings={**measured.readings, "latency@a100": measured.readings["latency@a100"] * 2})
    capsys.readouterr()
    judge({"toy": other}, _options(tmp_path, corners=False))
    assert "12 results, of which 4 are there" in capsys.readouterr().out  # the peers' of the other two targets
    judge({"toy": measured}, _options(tmp_path, corners=False, seed=1))
    assert "12 results, of which 0 are there" in capsys.readouterr().out


def test_peers_that_are_not_installed_are_left_out_unless_asked_for(
    measured: Measurements, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "fit_space", _known)
    patch = pytest.MonkeyPatch()
    patch.setattr(baselines_module, "find_spec", lambda name: None)
    options = _options(tmp_path, targets=["latency@a100"], peers=None, corners=False)
    found = judge({"toy": measured}, options).findings
    assert set(found.table["method"]) == {OURS}
    assert len(found.notes) == 4
    assert "AutoGluon is not installed (`pip install 'autogluon.tabular[lightgbm]'`): it is left out." in found.notes
    assert not any("peer" in verdict.criterion for verdict in found.verdicts)
    with pytest.raises(InputError, match=r"the comparison with LightGBM needs lightgbm: pip install 'lightgbm'"):
        judge({"toy": measured}, replace(options, peers=["lightgbm"]))
    patch.undo()
    judge({"toy": measured}, replace(options, peers=["trees"]))
    monkeypatch.setattr(baselines_module, "find_spec", lambda name: None)
    found = judge({"toy": measured}, options).findings  # its results are there
    assert set(found.table["method"]) == {OURS, "trees"}
    assert any("2 of its 2 results are there and shown" in note for note in found.notes)


def test_verdicts_name_what_is_missed() -> None:
    def row(target: str, method: str, **scores: float) -> dict[str, object]:
        plain = {"crps": 1.0, "calibration": 0.005, "coverage_90": 0.9, "tau_within": 0.9, "relative_error": 0.001}
        return {"space": "gpt_s", "split": "folds", "target": target, "method": method, "rmse": 0.04} | plain | scores

    rows = [row("latency@a100", OURS), row("latency@a100", "trees", crps=1.1, tau_within=0.9)]
    rows += [row("energy@h100", OURS, calibration=0.03, coverage_90=0.8799), row("energy@h100", "trees", crps=0.8)]
    rows += [row("perplexity", OURS, rmse=0.051, tau_within=0.951), row("memory_float16", OURS)]
    found = {verdict.criterion: verdict for verdict in verdicts(pd.DataFrame(rows), "folds")}
    assert len(found) == 9
    crps = found["CRPS below the best peer's, every target"]
    assert (crps.reached, crps.of, crps.met, crps.worst) == (1, 2, False, "+25.0% (gpt_s energy@h100)")
    coverage = found["90 % interval holds 0.88 to 0.92, every target"]
    assert (coverage.reached, coverage.worst) == (1, "0.8799 (gpt_s energy@h100)")
    assert found["Kendall τ within (embed_dim, bias) not below the best peer's, 95 % of targets"].met
    assert not found["mean |coverage − level| under 0.02, every target"].met
    assert not found["perplexity of gpt_s: RMSE at most 0.05"].met
    assert found["perplexity of gpt_s: Kendall τ within embed_dim over 0.95"].met
    assert found["memory: median relative error at most 0.2 %"].met


def test_layer_costs_are_what_a_layer_adds() -> None:
    model = random_models(SPACE)["latency@a100"]
    bench = Benchmark(SPACE, {"latency@a100": model})
    costs = layer_costs(bench, "latency@a100")
    assert costs.shape == (2, 2, 2, 3)
    shallow, deep = np.zeros((2, 1, SPACE.n_genes), dtype=np.int64)
    deep[:, N_LAYER] = 1
    for codes, n in ((shallow, 3), (deep, 4)):
        codes[:, EMBED_DIM] = 1
        codes[:, SPACE.mlp_genes.start : SPACE.mlp_genes.start + n] = 1
        codes[:, SPACE.head_genes.start : SPACE.head_genes.start + n] = 2
    added = [bench.predict(codes, "latency@a100").median[0] for codes in (shallow, deep)]
    assert costs[1, 0, 1, 2] == pytest.approx(added[1] - added[0])


def test_a_slice_goes_from_none_to_all() -> None:
    line = slice_codes(SPACE)
    assert SPACE.counts(line)[0][:, -1].tolist() == [0, 1, 2, 3, 4]
    assert (SPACE.canonical(line) == line).all()


# The command


def command(*arguments: str) -> int:
    """``hwbench-mo validate`` with these arguments; its exit status."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(arguments))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("gpt_s")
    write_measurements(place, get_space("gpt_s"), load_benchmark("gpt_s").models, n=700)
    return place


def test_the_command_writes_tables_and_pictures(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (
        execution,
        judge_module,
    ):  # fits of all 30 targets take a while
        monkeypatch.setattr(module, "fit_space", lambda measured: load_benchmark(measured.space.name))
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "surrogates.md").write_text(f"# Mine\n\n{BEGIN}\nold\n{END}\n\nLast words.\n")
    arguments = [str(folder), "--space", "gpt_s", "--targets", *TARGETS, "--holdout", "0.2", "--jobs", "1"]
    arguments += ["--peers", "trees", "--out", str(tmp_path / "out"), "--docs", str(docs)]
    assert command(*arguments) == 0
    printed = capsys.readouterr().out
    assert "gpt_s holdout 0 trees: " in printed
    assert "perplexity of gpt_s: RMSE at most 0.05" in printed
    table = pd.read_csv(docs / "surrogates.csv")
    assert len(table) == 2 * len(TARGETS) * 2  # splits, targets, methods
    assert table["crps"].gt(0).all()
    text = (docs / "surrogates.md").read_text()
    assert text.startswith(f"# Mine\n\n{BEGIN}\n\n## Figures to reach\n")
    assert text.endswith(f"{END}\n\nLast words.\n")
    assert "old" not in text.splitlines()
    pictures = {path.stem for path in (docs / "images" / "surrogates").iterdir()}
    kinds = ("overview", "calibration", "predicted", "bands", "layers", "drift")
    assert pictures == {f"{kind}-gpt_s" for kind in kinds}
    assert all(f"(images/surrogates/{name}.png)" in text for name in pictures)
    (docs / "surrogates.md").write_text("# Mine, without a place for numbers\n")
    assert command(*arguments, "--no-pictures") == 2
    assert "must hold <!-- begin generated: evaluate --> and" in (error := capsys.readouterr().err)
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--peers", "lightgmb"], "error: unknown peer 'lightgmb'; valid, nearest first: lightgbm"),
        (["--targets", "latency"], "error: objective 'latency' needs a device"),
        (["--targets", "params"], "error: unknown target 'params'; valid, nearest first: "),
    ],
)
def test_mistakes_are_answered_in_one_line(
    folder: Path, tmp_path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert command(str(folder), "--space", "gpt_s", "--out", str(out), *arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_measurements_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")) == 2
    assert "architectures.parquet is missing" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--holdout", "1"], "--holdout is 1.0, but must be between 0 and 1"),
        (["--folds", "1"], "--folds is 1, but must be at least 2"),
        (["--jobs", "0"], "--jobs is 0, but must be at least 1"),
        (["--autogluon-seconds", "0"], "--autogluon-seconds is 0.0, but must be at least 1"),
        (["--space", "gpt_xl"], "unknown space 'gpt_xl'; valid, nearest first: gpt_"),
    ],
)
def test_settings_out_of_range(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("somewhere", *arguments) == 2
    assert message in (error := capsys.readouterr().err)
    assert error.count("\n") == 1


@needs_data
@pytest.mark.slow
def test_tables_rank_held_out_latency_better_than_boosted_trees_on_every_gpu(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm")
    measured = read_measurements(MEASUREMENTS, get_space("gpt_s"))
    targets = [f"latency@{device}" for device in GPUS]
    few = {target: measured.readings[target] for target in (*targets, "perplexity", "accuracy")}
    measured = replace(measured, readings=few).take(np.arange(len(measured.codes)) % 4 == 0)  # to be quick
    options = Options(out=tmp_path, targets=targets, holdout=0.2, corners=False, peers=["lightgbm"])
    table = judge({"gpt_s": measured}, options).findings.table
    for target in targets:
        scores = _by_method(table, target)
        assert scores[OURS]["tau_within"] > scores["lightgbm"]["tau_within"], target
