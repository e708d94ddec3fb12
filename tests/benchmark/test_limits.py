from dataclasses import replace

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.benchmark.limits import Limit, check_confidence, check_limits
from hwbench_mo.surrogates import AdditiveModel, QuantileTable
from hwbench_mo.surrogates.quantiles import LEVELS
from tests.support.limits import limited_benchmark
from tests.support.spaces import SMALL


@pytest.mark.parametrize("confidence", [None, 0.5, 0.8, 0.99])
@pytest.mark.parametrize("target", ["latency@a100", "energy@h100", "perplexity", "accuracy"])
def test_thresholds_enclose_where_the_limit_is_crossed(target: str, confidence: float | None) -> None:
    bench = limited_benchmark(SMALL, 5)
    model, rng = bench.model(target), np.random.default_rng(0)
    base = Limit(target=target, bound=1.0, model=model, confidence=confidence, noise=bench.noise[target])
    crossed = 0
    for _ in range(20):
        limit = replace(base, bound=float(rng.uniform(0.5, 8)), error=bench.errors.get(target))
        sums, errors = np.sort(rng.uniform(-1 if target == "perplexity" else 0.01, 12, 500)), rng.uniform(0, 0.3, 500)
        holds = limit.holds(sums, errors, 1, 0)
        surely, never = limit.thresholds(1, 0, float(errors.max()) if limit.z else 0.0)
        minimised = limit.sign * sums
        assert holds[minimised <= surely].all()
        assert not holds[minimised > never].any()
        crossed += 0 < holds.sum() < 500
    assert crossed > 5


def test_without_confidence_the_thresholds_are_one() -> None:
    bench = limited_benchmark(SMALL, 5)
    limit = Limit(target="params", bound=7e6, model=bench.model("params"))
    surely, never = limit.thresholds(0, 0, 0.0)
    assert surely < 7e6 < never
    assert never - surely < 0.02


@pytest.mark.parametrize("confidence", ["0.9", True, 0.3, 1.0, float("nan")])
def test_confidence_is_checked(confidence: float | None) -> None:
    with pytest.raises(InputError, match="confidence is"):
        check_confidence(confidence)


@pytest.mark.parametrize("bound", [0, -3, float("inf"), True, None])
def test_bounds_are_checked(bound: object) -> None:
    with pytest.raises(InputError, match=r"limit of energy@a100 is .*, but must be a .*number of Wh"):
        check_limits({"energy@a100": bound})


def test_a_quantile_that_falls_along_the_median_is_asked_for() -> None:
    at_the_top = np.array([[1.5, 3.0, 1.2, 1.5]])  # quantiles of 1.5, 6, 3.6 and 6 at medians of 1, 2, 3 and 4
    ratios = np.ones((1, 4, len(LEVELS)))
    ratios[:, :, LEVELS > 0.8] = at_the_top[:, :, None]
    noise = QuantileTable(ratios, LEVELS, np.array([[1.0, 2.0, 3.0, 4.0]]))
    model = AdditiveModel(base=np.zeros((1, 1, 1)), mlp=np.zeros((1, 1, 1, 2)), head=np.zeros((1, 1, 1, 2)))
    limit = Limit(target="latency@a100", bound=4.0, model=model, confidence=0.9, noise=noise)
    surely, never = limit.thresholds(0, 0, 0.0)
    sums = np.linspace(0.5, 5, 1000)
    holds = limit.holds(sums, 0.0, 0, 0)
    np.testing.assert_array_equal(holds, np.interp(sums, [1, 2, 3, 4], at_the_top[0]) * sums <= 4)
    assert (holds == (sums <= surely))[(sums <= surely) | (sums > never)].all()
    assert holds[(sums > surely) & (sums <= never)].any()
    assert not holds[(sums > surely) & (sums <= never)].all()
    ordered = replace(limit, target="perplexity", model=replace(model, mlp=np.zeros((1, 1, 3, 2))))
    with pytest.raises(InputError, match=r"perplexity depends on the order of layers, and its quantile at 0\.9"):
        ordered.check_exact()
    replace(ordered, confidence=None).check_exact()
    limit.check_exact()
