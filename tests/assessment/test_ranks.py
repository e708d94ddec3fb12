"""Ranks across problems: Demšar's example, SciPy, and simulation under the null."""

import numpy as np
import pytest
from scipy import stats

from hwbench_mo import InputError
from hwbench_mo.assessment.ranks import critical_difference, friedman, ranking_of, rankings
from tests.support.comparisons import comparison_of

DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798], [0.599, 0.591, 0.590, 0.569], [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657], [0.882, 0.888, 0.886, 0.898], [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685], [0.583, 0.583, 0.563, 0.625], [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000], [0.940, 0.962, 0.965, 0.962], [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.9751, 0.975], [0.957, 0.978, 0.946, 0.970],
    ]
)  # fmt: skip
"""Areas under ROC of C4.5 and three variants on 14 data sets: table 6 of Demšar (2006). He ranks two that are printed
as 0.975 second and third: here one has another decimal."""


def test_demsars_example() -> None:
    names = ["C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf"]
    ranking = ranking_of([(str(row), dict(zip(names, -values, strict=True))) for row, values in enumerate(DEMSAR)])
    assert dict(zip(ranking.optimizers, ranking.mean_ranks.round(3).tolist(), strict=True)) == {
        "C4.5+m+cf": 1.964, "C4.5+m": 2.0, "C4.5+cf": 2.893, "C4.5": 3.143,
    }  # fmt: skip
    assert ranking.critical_difference == pytest.approx(1.25, abs=0.005)
    # He takes the variance of ranks as if there were no ties: chi-square 9.28, F(3, 39) = 3.69.
    without_ties = 12 * 14 / (4 * 5) * ((ranking.mean_ranks - 2.5) ** 2).sum()
    assert without_ties == pytest.approx(9.28, abs=0.01)
    assert friedman(ranking.ranks)[0] == pytest.approx(stats.friedmanchisquare(*DEMSAR.T).statistic)
    assert 0.005 < ranking.p < 0.02
    assert ranking.alike == [["C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5"]]  # 3.143 - 1.964 is less than 1.25


@pytest.mark.parametrize(("k", "q"), [(2, 1.960), (3, 2.343), (4, 2.569), (5, 2.728), (7, 2.949), (10, 3.164)])
def test_critical_values_are_those_of_demsars_table(k: int, q: float) -> None:
    assert critical_difference(1, k) / np.sqrt(k * (k + 1) / 6) == pytest.approx(q, abs=1.1e-3)


@pytest.mark.parametrize(("n", "k"), [(6, 3), (10, 5), (15, 8)])
def test_of_optimizers_that_are_alike_5_percent_are_said_to_differ(n: int, k: int) -> None:
    rng = np.random.default_rng(k)
    ranks = [stats.rankdata(rng.normal(size=(n, k)), axis=1) for _ in range(2000)]
    nemenyi = critical_difference(n, k)
    assert np.mean([friedman(one)[1] <= 0.05 for one in ranks]) == pytest.approx(0.05, abs=0.02)
    # Nemenyi: the largest of all differences exceeds the critical one as rarely.
    exceeded = np.mean([np.ptp(one.mean(axis=0)) > nemenyi for one in ranks])
    assert exceeded <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 2000)
    assert exceeded > 0.01


def test_ties_and_single_problems() -> None:
    equal = ranking_of([("a", {"x": 1.0, "y": 1.0}), ("b", {"x": 2.0, "y": 2.0})])
    assert equal.mean_ranks.tolist() == [1.5, 1.5]
    assert (equal.p, equal.winners) == (1, ["x", "y"])
    one = ranking_of([("a", {"x": 1.0, "y": 2.0})])
    assert np.isnan(one.p)
    assert one.winners == ["x"]
    assert one.alike == []
    same = ranking_of([(str(row), {"x": 1.0, "y": 2.0, "z": 3.0}) for row in range(5)])
    assert same.p == 0


def test_missing_optimizers_are_named_and_left_out() -> None:
    scores = [("a", {"x": 1.0, "y": 2.0, "z": 3.0}), ("b", {"x": 1.0, "y": 2.0})]
    ranking = ranking_of(scores)
    assert ranking.optimizers == ["x", "y"]
    assert ranking.missing == {"z": ["b"]}
    with pytest.raises(InputError, match="all problems: 0 optimizers ran on all 2 problems, but ranks need two"):
        ranking_of([("a", {"x": 1.0}), ("b", {"y": 1.0})])


def test_scopes_are_all_problems_and_the_devices_of_each_space() -> None:
    finals = {"x": [0.1, 0.2], "y": [0.3, 0.4]}
    small = [comparison_of(finals, objectives=("perplexity", f"latency@{device}")) for device in ("a100", "h100")]
    large = comparison_of({"x": [0.5], "y": [0.4]}, space="gpt_m")
    found = {one.scope: one for one in rankings([*small, large])}
    assert set(found) == {"all problems", "gpt_s"}
    assert found["gpt_s"].mean_ranks.tolist() == [1, 2]
    assert found["all problems"].mean_ranks == pytest.approx([4 / 3, 5 / 3])
    assert [one.scope for one in rankings(small)] == ["all problems"]
    assert rankings([comparison_of({"x": [0.5]})]) == []
