import builtins
from typing import Any

import numpy as np
import pytest
from pymoo.decomposition.asf import ASF
from pymoo.mcdm.high_tradeoff import HighTradeoffPoints
from pymoo.mcdm.pseudo_weights import PseudoWeights

from hwbench_mo import InputError, by_achievement, by_pseudo_weights, knee_points, make_problem
from hwbench_mo.typing import Values

CURVE = np.linspace(0, 1, 41)
BENT: Values = np.stack([CURVE, np.where(CURVE < 0.2, 1 - 4.5 * CURVE, 0.125 * (1 - CURVE))], axis=1)
"""A front with a knee at 0.2."""


def test_a_knee_is_where_the_front_bends() -> None:
    assert 8 in knee_points(BENT)
    np.testing.assert_array_equal(knee_points(BENT * [1000.0, 1e-3] + [5.0, 7.0]), knee_points(BENT))
    np.testing.assert_array_equal(np.sort(knee_points(BENT)), np.sort(HighTradeoffPoints().do(BENT)))


def test_weights_are_those_of_pymoo() -> None:
    front = make_problem("gpt_s", ["perplexity", "latency@a100"]).pareto_front().values
    scaled = (front - front.min(axis=0)) / np.ptp(front, axis=0)
    for share in (0.1, 0.5, 0.8):
        weights = np.array([share, 1 - share])
        assert by_pseudo_weights(front, 7 * weights) == PseudoWeights(weights).do(scaled)
        assert by_achievement(front, weights) == int(ASF().do(scaled, weights).argmin())
    assert by_pseudo_weights(front, [1, 0]) == 0
    assert by_pseudo_weights(front, [0, 1]) == len(front) - 1


def test_an_aspiration_that_is_on_the_front_is_chosen() -> None:
    front = make_problem("gpt_s", ["perplexity", "latency@a100"]).pareto_front().values
    for row in (3, 200, 600):
        assert by_achievement(front, [1.0, 1.0], aspiration=front[row]) == row


@pytest.mark.parametrize(
    ("values", "weights", "message"),
    [
        ([[1.0, 2.0]], [1, 1], r"values have shape \(1, 2\), but choosing needs finite ones of at least two points"),
        ([[1.0], [2.0]], [1], "of at least two points and objectives"),
        (BENT, [1, 2, 3], r"weights are \[1, 2, 3\], but must be 2 numbers from 0"),
        (BENT, [0, 0], "one an objective, not all of them 0"),
        (BENT, [-1, 2], "numbers from 0"),
    ],
)
def test_mistakes_are_named(values: Any, weights: list[float], message: str) -> None:
    for choose in (by_pseudo_weights, by_achievement):
        with pytest.raises(InputError, match=message):
            choose(values, weights)
    with pytest.raises(InputError, match=r"aspiration is .*one each"):
        by_achievement(BENT, [1, 1], aspiration=[1.0])


def test_a_missing_pymoo_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("pymoo"):
            raise ModuleNotFoundError(f"No module named {name!r}", name="pymoo")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    for choose in (
        lambda: knee_points(BENT),
        lambda: by_pseudo_weights(BENT, [1, 1]),
        lambda: by_achievement(BENT, [1, 1]),
    ):
        with pytest.raises(InputError, match=r"needs pymoo: pip install .*\[pymoo\]'"):
            choose()
