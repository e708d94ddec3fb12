from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo import Benchmark, InputError, load_benchmark
from hwbench_mo.benchmark import by_counts, front_cache
from hwbench_mo.benchmark.by_counts import constrained_front
from hwbench_mo.benchmark.infeasible import InfeasibleError
from tests.support.limits import limited_benchmark, slow_amount, slow_constrained_front, slow_mask
from tests.support.spaces import SMALL, codes_of
from tests.support.tables import random_table

LIMITED = ("latency@a100", "energy@h100", "latency@rtx3080", "params")


def some_limits(bench: Benchmark, n: int, seed: int, confidence: float | None) -> dict[str, float]:
    """Limits of n targets, each near the middle, and with room for some architecture."""
    rng = np.random.default_rng(seed)
    amounts = {name: slow_amount(bench, name, confidence) for name in rng.permutation(LIMITED)[:n].tolist()}
    anchor = rng.integers(len(codes_of(bench.space)))
    return {name: float(values[anchor] * rng.uniform(1.01, 1.2)) for name, values in amounts.items()}


@pytest.mark.parametrize("confidence", [None, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_front_is_that_of_brute_force(n: int, confidence: float | None) -> None:
    bench = limited_benchmark(SMALL, n, [(), ("by_depth", "pairs"), ("products",)][n % 3])
    limits = some_limits(bench, n, n, confidence)
    mask = slow_mask(bench, limits, confidence)
    feasible = {tuple(code) for code in codes_of(SMALL)[mask].tolist()}
    for objectives in (["perplexity"], ["perplexity", "latency@a100"], ["accuracy", "params", "energy@h100"]):
        front = constrained_front(bench, objectives, limits, confidence=confidence)
        slow = slow_constrained_front(bench, objectives, limits, confidence)
        np.testing.assert_array_equal(front.values, slow.values)
        assert {tuple(code) for code in front.codes.tolist()} <= feasible


@pytest.mark.parametrize("confidence", [None, 0.9])
def test_quality_may_be_limited_itself(confidence: float | None) -> None:
    bench = limited_benchmark(SMALL, 3)
    for target, objective in (("accuracy", "latency@a100"), ("perplexity", "energy@h100")):
        bound = float(np.quantile(slow_amount(bench, target, confidence), 0.4))
        limits = {target: bound, "params": 1.2e7}
        for objectives in ([objective], [target, objective]):
            front = constrained_front(bench, objectives, limits, confidence=confidence)
            slow = slow_constrained_front(bench, objectives, limits, confidence)
            np.testing.assert_array_equal(front.values, slow.values)


@pytest.mark.parametrize("confidence", [None, 0.95])
def test_infeasible_says_how_far_off_the_nearest_is(confidence: float | None) -> None:
    for seed in range(3):
        bench = limited_benchmark(SMALL, seed)
        names = LIMITED[: seed + 1]
        amounts = np.stack([slow_amount(bench, name, confidence) for name in names], axis=1)
        bounds = 0.8 * amounts.min(axis=0)
        with pytest.raises(InfeasibleError, match=r"infeasible: no architecture of 'small' has .* off by") as caught:
            constrained_front(bench, ["perplexity"], dict(zip(names, bounds, strict=True)), confidence=confidence)
        worst = (amounts / bounds).max(axis=1).min()
        found = np.array(list(caught.value.amounts.values()))
        assert (found / bounds).max() == pytest.approx(worst, rel=1e-12)
        place = int((codes_of(SMALL) == caught.value.codes).all(axis=1).argmax())
        np.testing.assert_allclose(amounts[place], found)


def test_infeasible_in_one_line() -> None:
    bench = load_benchmark("gpt_s")
    with pytest.raises(InfeasibleError) as caught:
        constrained_front(bench, ["perplexity"], {"latency@rtx3080": 10.0, "energy@rtx3080": 1.0})
    assert str(caught.value) == (
        "infeasible: no architecture of 'gpt_s' has latency@rtx3080 of at most 10 ms and energy@rtx3080 of at most "
        "1000 mWh; the nearest has latency@rtx3080 12.52 ms, off by 2.522 ms (25.22 %)"
    )


def test_without_limits_it_is_the_front() -> None:
    bench = load_benchmark("gpt_s")
    front = constrained_front(bench, ["perplexity", "latency@a100"], {})
    np.testing.assert_array_equal(front.values, bench.pareto_front(["perplexity", "latency@a100"]).values)


@pytest.mark.parametrize("confidence", [None, 0.9])
def test_rows_are_asked_one_by_one(confidence: float | None) -> None:
    table = random_table()
    limits = {"latency@a100": 5.0, "params": 1.2e7}
    front = constrained_front(table, ["accuracy", "params"], limits, confidence=confidence)
    part = table.with_targets(["latency@a100", "accuracy"])
    latency = part.predict(part.space.codes, "latency@a100")
    upper = latency.median if confidence is None else latency.quantile(confidence)
    codes = part.space.codes[(upper <= 5.0) & (part.predict(part.space.codes, "params").median <= 1.2e7)]
    values = part.kernel(["accuracy", "params"])(codes) * [-1, 1]
    assert front.values[:, 0].min() == values[:, 0].min()
    assert all(
        ((other <= row).all(axis=1) & (other < row).any(axis=1)).sum() == 0
        for row in front.values
        for other in [values]
    )
    with pytest.raises(InfeasibleError, match="off by"):
        constrained_front(table, ["accuracy"], {"latency@a100": 0.01})


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"latncy@a100": 3.0}, "unknown objective 'latncy@a100'; valid, nearest first: latency@DEVICE"),
        ({"latency@a10": 3.0}, "unknown device in 'latency@a10': 'a10'; valid, nearest first: a100"),
        ({"latency@a100": "3"}, "limit of latency@a100 is '3', but must be a number of ms"),
        ({"latency@a100": float("nan")}, "limit of latency@a100 is nan, but must be a positive number of ms"),
        ([3.0], "limits are .*, but must map names to numbers"),
    ],
)
def test_mistakes_are_named(limits: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        constrained_front(load_benchmark("gpt_s"), ["perplexity"], limits)  # type: ignore[arg-type]


def test_confidence_is_a_probability() -> None:
    with pytest.raises(InputError, match=r"confidence is 95, but must be from 0\.5 to 0\.999"):
        constrained_front(load_benchmark("gpt_s"), ["perplexity"], {"latency@a100": 9.0}, confidence=95)


def test_a_front_that_takes_long_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(front_cache.VARIABLE, str(tmp_path))
    monkeypatch.setattr(by_counts, "LEAST_SECONDS", -1.0)
    bench = limited_benchmark(SMALL, 0)
    limits = some_limits(bench, 2, 0, 0.9)
    names = ["perplexity", "latency@a100"]
    first = constrained_front(bench, names, limits, confidence=0.9)
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr(by_counts, "cell_codes", None)  # a second computation would fail
    np.testing.assert_array_equal(constrained_front(bench, names, limits, confidence=0.9).codes, first.codes)
    changed = dict.fromkeys(bench.noise, bench.noise["latency@a100"])
    for other, asked in ((bench, 0.95), (bench, None), (replace(bench, noise=changed), 0.9)):
        with pytest.raises(TypeError):
            constrained_front(other, names, limits, confidence=asked)
