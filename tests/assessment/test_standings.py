"""The main table: what it says of good and bad input, and its words."""

import time

import numpy as np
import pytest

from hwbench_mo.assessment import Comparison, Group
from hwbench_mo.assessment.curves_table import indicators_table
from hwbench_mo.assessment.pairs_table import pairs_table
from hwbench_mo.assessment.ranks_table import ranks_table
from hwbench_mo.assessment.standings import standings, standings_table
from hwbench_mo.assessment.table import as_latex, as_markdown, as_text
from tests.support.comparisons import comparison_of, problem_named, run_of

RNG = np.random.default_rng(0)


def spread(centre: float, n: int = 10) -> list[float]:
    return [float(one) for one in centre * RNG.lognormal(0, 0.1, n)]


def words_of(*comparisons: object) -> str:
    return " ".join(standings_table(comparisons).words)  # type: ignore[arg-type]


def test_who_is_best_and_who_is_not_significantly_worse() -> None:
    comparison = comparison_of({"a": spread(0.1), "b": spread(0.102), "c": spread(0.3)})
    table = standings([comparison])
    assert dict(zip(table["optimizer"], table["standing"], strict=True))["c"] == "worse"
    assert table["standing"].tolist() == ["best", "even", "worse"]
    assert table["rank"].tolist() == [1, 2, 3]
    assert (table["low"] <= table["median"]).all()
    assert (table["median"] <= table["high"]).all()
    assert table["a12"].iloc[2] == 1
    assert table["p_holm"].iloc[2] == pytest.approx(3 * table["p"].iloc[2])  # of three pairs, the least
    larger = standings([comparison], indicator="found")  # 1 - regret, of which more is better
    assert larger["optimizer"].tolist() == table["optimizer"].tolist()
    assert larger["p"].tolist()[1:] == pytest.approx(table["p"].tolist()[1:])


def test_one_seed_and_one_optimizer() -> None:
    one = comparison_of({"a": [0.1], "b": [0.2]})
    table = standings([one])
    assert table["standing"].tolist() == ["best", ""]
    assert table["low"].isna().all()
    assert "Of one seed there is neither an interval nor a test" in words_of(one)
    alone = comparison_of({"a": spread(0.1)})
    assert standings([alone])["standing"].tolist() == ["best"]
    assert "Of a single optimizer on a problem nothing can be compared" in words_of(alone)
    for table_ in (pairs_table([alone]), ranks_table([alone])):
        assert len(table_.data) == 0
        for form in (as_text, as_markdown, as_latex):
            assert form(table_)


def test_few_seeds_are_said_to_be_few() -> None:
    assert "5 seeds show only differences that almost every pair" in words_of(
        comparison_of({"a": spread(0.1, 5), "b": spread(0.2, 5)})
    )
    many = comparison_of({name: spread(0.1, 5) for name in "abcdefgh"})
    assert "with 5 seeds the smallest p-value that a test can give is 0.0079, times 28 pairs 0.22" in words_of(many)
    assert "seeds" not in " ".join(standings_table([comparison_of({"a": spread(0.1), "b": spread(0.2)})]).words[1:])


def test_shared_first_architectures_make_seeds_blocks() -> None:
    finals = {"a": [0.1, 0.2, 0.3, 0.4, 0.5], "b": [0.11, 0.22, 0.33, 0.44, 0.55]}
    shared = pairs_table([comparison_of(finals, initial="shared")])
    assert shared.data["test"].tolist() == ["Wilcoxon"]
    assert shared.data["p"].tolist() == [0.0625]
    assert "Five pairs cannot reach 5 %" in " ".join(shared.words)
    apart = pairs_table([comparison_of(finals)])
    assert apart.data["test"].tolist() == ["Mann-Whitney"]
    assert apart.data["p"].iloc[0] > 0.5


def test_unequal_budgets_are_compared_at_the_smallest() -> None:
    comparison = comparison_of({"a": spread(0.1), "b": spread(0.1)}, budgets={"a": 100, "b": 1000})
    table = standings([comparison]).set_index("optimizer")
    assert (table["evaluations"] == 100).all()
    assert table.loc["a", "standing"] == "best"  # b had come to 0.2 by then
    assert table.loc["b", "median"] == pytest.approx(0.1 ** (2 / 3), rel=0.2)
    assert "budgets differ (100, 1000 evaluations); all are compared at the smallest, 100" in words_of(comparison)


def test_all_equal_results() -> None:
    comparison = comparison_of({name: [0.1] * 6 for name in "abc"})
    table = standings([comparison])
    assert table["standing"].tolist() == ["best"] * 3
    assert table["rank"].tolist() == [2] * 3
    assert table["p"].iloc[1:].tolist() == [1, 1]
    assert "all results are equal" in words_of(comparison)
    assert set(pairs_table([comparison]).data["seeds_to_tell"]) == {np.inf}


@pytest.mark.slow
def test_two_hundred_optimizers() -> None:
    comparison = comparison_of(
        {f"optimizer_{place} (pop_size={place})": spread(0.1 + place / 400, 5) for place in range(200)}
    )
    start = time.process_time()
    tables = [standings_table([comparison]), pairs_table([comparison]), ranks_table([comparison])]
    assert time.process_time() - start < 60
    assert [len(table.data) for table in tables[:2]] == [200, 19_900]
    text = as_text(tables[0])
    assert max(map(len, text.split("\n"))) <= 100
    assert "and 160 more, in the file" in text


def test_optimizers_that_are_missing_on_a_problem_are_named() -> None:
    both = (
        comparison_of({"a": spread(0.1), "b": spread(0.2)}),
        comparison_of({"a": spread(0.1), "b": spread(0.2), "c": spread(0.3)}, space="gpt_m"),
    )
    table = ranks_table(both)
    assert table.data["optimizer"].tolist() == ["a", "b"]
    assert "c is left out, because it has no runs on gpt_s-perplexity-latency@a100" in " ".join(table.words)


def test_every_table_marks_the_best_and_what_is_not_significantly_worse() -> None:
    """Of all indicators, as of regret alone."""
    comparison = comparison_of({"a": spread(0.1), "b": spread(0.101), "c": spread(0.3)})
    main, own = standings([comparison]), indicators_table([comparison])
    for indicator in ("regret", "found"):
        expected = dict(zip(main["optimizer"], main["standing"], strict=True))
        assert dict(zip(own.data["optimizer"], own.data[f"{indicator}_standing"], strict=True)) == expected
    for table in (standings_table([comparison]), own):
        assert r"\textbf{" in as_latex(table)
        assert r"\textit{" in as_latex(table)
        assert "**" in as_markdown(table)


@pytest.mark.slow
def test_of_optimizers_that_are_alike_5_percent_are_called_worse_than_the_best(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Which is best is chosen by the same runs: adjusted for the 16 tests against it alone, there were 13 %."""
    monkeypatch.setattr("hwbench_mo.assessment.standings.median_interval", lambda values: (0.0, 1.0))  # not at issue
    rng = np.random.default_rng(0)
    n_draws, worse = 120, 0
    problem = problem_named("gpt_s", "perplexity", "latency@a100")
    groups = {str(place): [run_of(0.5, seed, budget=1) for seed in range(10)] for place in range(17)}
    for _ in range(n_draws):
        for runs in groups.values():
            for run in runs:
                run.indicators["regret"][-1] = rng.uniform()
        alike = Comparison(problem, [Group(label, runs, {}) for label, runs in groups.items()])
        worse += "worse" in set(standings([alike])["standing"])
    assert 0 < worse / n_draws <= 0.05 + 1.645 * np.sqrt(0.05 * 0.95 / n_draws)
