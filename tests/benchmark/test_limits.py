from dataclasses import replace

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.benchmark.limits import Limit, check_confidence, check_limits
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
