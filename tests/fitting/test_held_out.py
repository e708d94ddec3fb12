"""Scores of held-out rows against plain twins."""

import numpy as np
import pytest

from hwbench_mo.fitting.held_out import score, table_of, tau_within
from tests.support.spaces import SMALL


def test_scores_are_those_of_a_plain_twin() -> None:
    rng = np.random.default_rng(0)
    codes = SMALL.sample(30, rng)
    measured = rng.uniform(1, 2, 30)
    predicted = measured * rng.lognormal(0, 0.1, 30)
    found = score(SMALL, codes, predicted, measured)
    error = sorted(abs(a / b - 1) * 100 for a, b in zip(predicted, measured, strict=True))
    assert found["rows"] == 30
    assert found["median_percent"] == pytest.approx((error[14] + error[15]) / 2, abs=1e-3)
    assert found["worst_percent"] == pytest.approx(error[-1], abs=1e-3)
    groups, agreed, pairs = SMALL.groups(codes), 0, 0
    for i in range(30):
        for j in range(i):
            if groups[i] == groups[j]:
                pairs += 1
                agreed += 1 if (predicted[i] - predicted[j]) * (measured[i] - measured[j]) > 0 else -1
    assert found["tau"] == pytest.approx(agreed / pairs, abs=1e-3)


def test_without_a_pair_there_is_no_tau() -> None:
    assert tau_within(np.array([0, 1]), np.array([1.0, 2.0]), np.array([1.0, 2.0])) is None
    text = table_of([("latency@a", {"rows": 2, "median_percent": 0.5, "worst_percent": 1.0, "tau": None})])
    assert str(text).splitlines()[1].split() == ["latency@a", "2", "0.50", "%", "1.0", "%", "-"]
