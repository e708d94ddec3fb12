import numpy as np
import pytest

from hwbench_mo import InputError, recommend
from hwbench_mo.benchmark.by_counts import constrained_front
from hwbench_mo.benchmark.front import signs_of
from hwbench_mo.benchmark.goal import Goal
from hwbench_mo.pareto import nondominated
from tests.support.fleet import Mean, Slowest
from tests.support.limits import limited_benchmark, slow_amount, slow_mask
from tests.support.spaces import SMALL, codes_of
from tests.support.tables import random_table

DEVICES = ("latency@a100", "energy@h100", "latency@rtx3080")
GOALS = (Slowest(DEVICES), Mean(DEVICES, (1.0, 2.0, 0.5)), Mean(("perplexity", "latency@a100"), (0.1, 1.0)))


@pytest.mark.parametrize("confidence", [None, 0.9])
@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.name)
def test_goals_of_several_metrics_are_exact(goal: Goal, confidence: float | None) -> None:
    bench = limited_benchmark(SMALL, 2, ("by_depth", "products"))
    limits = {
        name: float(np.quantile(slow_amount(bench, name, confidence), 0.7)) for name in ("params", "latency@a100")
    }
    mask, codes = slow_mask(bench, limits, confidence), codes_of(SMALL)
    values = goal.value(np.stack([bench.predict(codes, name).median for name in goal.targets], axis=1))
    r = recommend(bench, minimise=goal, limits=limits, confidence=confidence)
    assert r.value == pytest.approx(values[mask].min(), rel=1e-12)
    assert goal.name in str(r)
    assert set(goal.targets) <= set(r.metrics)
    for room in (1.02, 1.2):
        looser = slow_mask(bench, {**limits, "params": limits["params"] * room}, confidence)
        assert r.trade_offs["params"].at(limits["params"] * room) == pytest.approx(values[looser].min(), rel=1e-12)
    both = np.stack([values, bench.kernel(["perplexity"])(codes)[:, 0]], axis=1)[mask]
    front = constrained_front(bench, [goal, "perplexity"], limits, confidence=confidence)
    np.testing.assert_allclose(front.values, np.unique(both[nondominated(both)], axis=0), rtol=1e-12)


def test_rows_have_them_too() -> None:
    table, goal = random_table(), Slowest(("latency@a100", "params"))
    r = recommend(table, minimise=goal, limits={"accuracy": 0.3}, confidence=None)
    part = table.with_targets(["latency@a100", "accuracy"])
    columns = part.kernel(["latency@a100", "params", "accuracy"])(part.space.codes)
    assert r.value == goal.value(columns[:, :2])[columns[:, 2] >= 0.3].min()
    assert signs_of(["accuracy"])[0] == -1


def test_a_goal_is_a_name_or_has_what_it_needs() -> None:
    with pytest.raises(InputError, match="an objective is 3, but must be a name such as 'perplexity'"):
        recommend("gpt_s", minimise=3)  # type: ignore[arg-type]
    bench = limited_benchmark(SMALL, 2)
    with pytest.raises(
        InputError, match="perplexity and accuracy depend on the order of layers, and an objective is made"
    ):
        constrained_front(bench, [GOALS[2], "accuracy"], {"params": 1e9})
