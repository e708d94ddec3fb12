"""Robustness: one thing is varied at a time, and the winner stays or not, as is known beforehand."""

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.assessment.robustness import robustness_table, variations
from hwbench_mo.assessment.table import as_text
from optimizers import NSGA2, LocalSearch, RandomSearch
from tests.support.comparisons import comparison_of, problem_named


def test_a_winner_by_far_stays_the_winner() -> None:
    finals = {"good": np.linspace(0.01, 0.02, 8).tolist(), "bad": np.linspace(0.5, 0.6, 8).tolist()}
    devices = ("a100", "h100", "rtx3080")
    comparisons = [comparison_of(finals, objectives=("perplexity", f"latency@{device}")) for device in devices]
    found = {one.what: one for one in variations(comparisons)}
    for what, one in found.items():
        if not what.startswith("reference point"):  # fronts of these runs are all the same
            assert (one.kept, one.kept_overall, one.winner) == (one.problems, 1, "good"), what
    assert len(found) == 2 + 3 + 5 + 1 + 3
    assert found["without gpt_s-perplexity-latency@h100"].problems == 2
    assert found["10% of the budget"].tau == 1


def test_a_winner_by_chance_does_not_stay_in_half_of_the_draws() -> None:
    rng = np.random.default_rng(0)
    finals = {name: rng.uniform(0.1, 0.2, 20).tolist() for name in "abcd"}
    (halves,) = [one for one in variations([comparison_of(finals)]) if one.what.startswith("random")]
    assert 0.05 < halves.kept < 0.95
    assert halves.kept == pytest.approx(halves.kept_overall)


def test_reference_points_weigh_the_ends_of_the_front() -> None:
    """One optimizer has the ends, the other the middle: the farther the reference point, the more the ends count."""
    problem = problem_named("gpt_s", "perplexity", "latency@a100")
    points = {"ends": np.array([[0.0, 1.0], [1.0, 0.0]]), "middle": np.array([[0.4, 0.4]])}
    sets = {name: problem.ideal + own * problem.scale for name, own in points.items()}
    provenance = hb.simulate(problem, RandomSearch(problem, seed=0), budget=1).provenance

    def run(name: str) -> hb.Trajectory:
        return hb.Trajectory(
            codes=np.zeros((len(sets[name]), 1), dtype=np.int64),
            values=sets[name],
            finish_times=np.arange(len(sets[name]), dtype=np.float64),
            objectives=problem.objectives,
            config={"optimizer": {"name": name}, "budget": 2},
            provenance=provenance,
        )

    comparisons = hb.compare([run("ends"), run("middle")])
    found = {one.what: one.winner for one in variations(comparisons)}
    assert comparisons[0].groups[0].label == "middle"
    # (r - 0.4)^2 against 2 r (r - 1) - (r - 1)^2
    assert (found["reference point 1.01"], found["reference point 2"]) == ("middle", "ends")


def test_real_runs_and_what_the_table_says() -> None:
    problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
    runs = [
        hb.simulate(
            problem, make(problem, seed=seed), budget=120, config={"optimizer": {"name": make.__name__}, "budget": 120}
        )
        for make in (RandomSearch, LocalSearch, NSGA2)
        for seed in range(4)
    ]
    comparisons = hb.compare(runs)
    table = robustness_table(comparisons)
    text = as_text(table)
    assert all(len(line) <= 100 for line in text.split("\n"))
    assert f"its winner is {comparisons[0].groups[0].label} by mean rank" in text.replace("\n", " ")
    assert table.data["kept"].between(0, 1).all()


def test_one_optimizer_leaves_nothing_to_vary() -> None:
    table = robustness_table([comparison_of({"x": [0.1, 0.2]})])
    assert len(table.data) == 0
    assert "two optimizers" in as_text(table)


def test_what_cannot_be_varied_is_said() -> None:
    finals = {"x": [0.1, 0.2], "y": [0.3]}
    table = robustness_table([comparison_of(finals, budgets={"y": 1000})])
    assert not [what for what in table.data["what"] if "reference" in what or "halves" in what]
    words = " ".join(table.words)
    assert "Reference points are not varied, because budgets differ" in words
    assert "Seeds are not varied, because an optimizer has only one" in words


def test_without_an_optimizer_on_all_problems_there_is_no_winner_over_all() -> None:
    one, other = comparison_of({"x": [0.1], "y": [0.3]}), comparison_of({"y": [0.1], "z": [0.3]}, space="gpt_m")
    table = robustness_table([one, other])
    assert table.data["kept_overall"].isna().all()
    assert "no two optimizers ran on all of them" in " ".join(table.words)
    assert "nan" not in as_text(table)


def test_where_all_tie_there_is_no_winner() -> None:
    finals = {"x": [0.1, 0.2, 0.3], "y": [0.4, 0.5, 0.6]}
    comparison = comparison_of(finals)
    for group in comparison.groups:
        for run in group.runs:
            run.indicators["found"][:] = 0
    table = robustness_table([comparison])
    (row,) = [line for line in as_text(table).split("\n") if line.startswith("share of the exact front found")]
    assert " ".join(row.split()) == "share of the exact front found - no winner: all tie - -"
    assert "Where all optimizers tie on a problem, it has no winner" in " ".join(table.words)
    (found,) = [one for one in variations([comparison]) if one.what.startswith("share of the exact front")]
    assert (found.problems, found.tied, found.winner) == (0, 1, "")


def test_of_all_equal_results_no_winner_can_stay_one() -> None:
    table = robustness_table([comparison_of({"x": [0.1] * 4, "y": [0.1] * 4})])
    assert "it has no winner, because all optimizers tie" in " ".join(table.words)
    assert table.data["kept_overall"].isna().all()
    assert (table.data["problems"] == 0).all()
    assert set(table.data["winner"]) == {""}


def test_a_tie_on_one_problem_is_not_counted() -> None:
    one, other = comparison_of({"x": [0.1] * 4, "y": [0.1] * 4}), comparison_of({"x": [0.1] * 4, "y": [0.3] * 4})
    found = {row.what: row for row in variations([one, other])}
    assert (found["50% of the budget"].kept, found["50% of the budget"].problems, found["50% of the budget"].tied) == (
        1, 1, 1,
    )  # fmt: skip
    assert found["50% of the budget"].winner == "x"
    assert found["random halves of the seeds"].kept == 1
