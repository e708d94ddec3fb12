import numpy as np
import pytest

from hwbench_mo.benchmark.by_counts import constrained_front
from hwbench_mo.benchmark.infeasible import InfeasibleError
from tests.support.limits import limited_benchmark, slow_amount, slow_constrained_front
from tests.support.spaces import SMALL

CASES = [
    (["perplexity", "accuracy"], ["latency@a100"]),
    (["perplexity"], ["accuracy", "energy@h100"]),
    (["latency@a100", "params"], ["accuracy", "perplexity"]),
    (["accuracy", "perplexity", "latency@a100"], ["accuracy", "params"]),
]


@pytest.mark.parametrize("confidence", [None, 0.9])
@pytest.mark.parametrize(("objectives", "limited"), CASES)
def test_front_is_that_of_brute_force(objectives: list[str], limited: list[str], confidence: float | None) -> None:
    for seed, terms in enumerate([(), ("by_depth", "pairs"), ("pairs", "products")]):
        bench = limited_benchmark(SMALL, seed, terms)
        share = {"accuracy": 0.3, "perplexity": 0.6}
        limits = {
            name: float(np.quantile(slow_amount(bench, name, confidence), share.get(name, 0.7))) for name in limited
        }
        front = constrained_front(bench, objectives, limits, confidence=confidence)
        slow = slow_constrained_front(bench, objectives, limits, confidence)
        np.testing.assert_array_equal(front.values, slow.values)


def test_nearest_is_within_a_ten_thousandth() -> None:
    bench = limited_benchmark(SMALL, 1)
    accuracy, perplexity = (slow_amount(bench, name, 0.9) for name in ("accuracy", "perplexity"))
    limits = {"accuracy": 1.1 * float(accuracy.max()), "perplexity": 0.9 * float(perplexity.min())}
    with pytest.raises(InfeasibleError) as caught:
        constrained_front(bench, ["params"], limits, confidence=0.9)
    excess = np.maximum(1 - accuracy / limits["accuracy"], perplexity / limits["perplexity"] - 1)
    found = caught.value.amounts
    worst = max(1 - found["accuracy"] / limits["accuracy"], found["perplexity"] / limits["perplexity"] - 1)
    assert excess.min() - 1e-12 <= worst <= excess.min() * (1 + 2e-4)
