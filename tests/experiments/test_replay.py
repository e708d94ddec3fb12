"""The replay of an optimizer on measured rows."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.replay import main as replay_main
from experiments.reports.bias import SETS, bias_table, replay
from experiments.sweeps.configuration import optimizer_named
from hwbench_mo import make_problem
from hwbench_mo.spaces import get_space
from tests.support.spaces import slow_nondominated
from tests.support.tables import write_rows

OBJECTIVES = ["perplexity", "latency@a100"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("measurements"), get_space("gpt_s"))


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


def test_a_replay_with_limits_counts_feasible_rows_alone(folder: Path) -> None:
    rows = make_problem("gpt_s", OBJECTIVES, table=folder)
    every = rows.space.codes  # type: ignore[attr-defined]
    latency = rows.benchmark.predict(every, "latency@a100").median
    limits = {"latency@a100": float(np.quantile(latency, 0.3))}
    problem = make_problem("gpt_s", OBJECTIVES, table=folder, constraints=limits)
    surrogate = make_problem("gpt_s", OBJECTIVES, constraints=limits)
    replayed = replay(problem, surrogate, optimizer_named("random_search"), n_seeds=2, budget=20)
    assert not all(run.feasible.all() for run in replayed.runs)
    assert problem.feasible(replayed.codes("final set")).all()
    expected = []
    for run in replayed.runs:
        kept = run.codes[run.feasible]
        expected.append(kept[slow_nondominated(problem.evaluate(kept))])
    assert (replayed.codes("final set") == np.concatenate(expected)).all()
    predicted = every[surrogate.feasible(every)]
    chosen = predicted[slow_nondominated(surrogate.evaluate(predicted))]
    chosen = chosen[problem.feasible(chosen)]
    measured, regret = replayed.chosen()
    assert (measured == problem.evaluate(chosen)).all()
    assert 0 <= regret < 0.2


def test_a_replay_that_finds_nothing_feasible_says_so(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = make_problem("gpt_s", OBJECTIVES, table=folder)
    least = rows.benchmark.predict(rows.space.codes, "latency@a100").median.min()  # type: ignore[attr-defined]
    arguments = [str(folder), "--seeds", "2", "--budget", "1", "--optimizer", "random_search", "--out", str(tmp_path)]
    assert replay_main([*arguments, "--limit", f"latency@a100={least}"]) == 0
    assert "random_search: median 1.0000" in capsys.readouterr().out
    (table,) = tmp_path.glob("*.csv")
    final = pd.read_csv(table).query("over == 'final set'")
    assert final["n"].tolist() == [0, 0]
    assert final["median"].isna().all()
    assert replay_main([*arguments, "--limit", f"latency@a100={least / 2}"]) == 2
    assert re.fullmatch(r"error: infeasible: no architecture .* the nearest has .*\n", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (["--limit", "latency@a100"], "must be METRIC=VALUE"),
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
