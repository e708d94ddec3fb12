import html
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo import Benchmark, InfeasibleError, InputError, Recommendation, SearchSpace, recommend
from hwbench_mo.surrogates.support import Support
from hwbench_mo.targets import Target
from hwbench_mo.typing import Bools, Codes, Floats
from tests.support.limits import limited_benchmark, slow_amount, slow_mask
from tests.support.spaces import SMALL, codes_of
from tests.support.tables import random_table

GOALS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("perplexity", {"minimise": "perplexity"}),
    ("accuracy", {"maximise": "accuracy"}),
    ("params", {"minimise": "params"}),
    ("perplexity", {"minimise": "perplexity"}),
)
LIMITED = ("latency@a100", "energy@h100", "latency@rtx3080", "params")


def some_limits(bench: Benchmark, names: tuple[str, ...], seed: int, confidence: float | None) -> dict[str, float]:
    """One architecture keeps them, few do."""
    rng = np.random.default_rng(seed)
    anchor = int(rng.integers(len(codes_of(bench.space))))
    return {name: float(slow_amount(bench, name, confidence)[anchor] * rng.uniform(1.0, 1.1)) for name in names}


def slow_difference(bench: Benchmark, architectures: Codes, one: Codes) -> list[int]:
    """The twin of `difference`: layers one by one, in the order in which most agree."""
    found = []
    for a, b in zip(
        bench.space.decode(architectures), bench.space.decode(np.repeat(one, len(architectures), 0)), strict=True
    ):
        if a.embed_dim != b.embed_dim:
            found.append(max(a.n_layer, b.n_layer))
            continue
        alike = []
        for name in ("mlp_ratio", "n_head"):
            left = list(getattr(b, name))
            for value in getattr(a, name):
                if value in left:
                    left.remove(value)
            alike.append(b.n_layer - len(left))
        found.append(max(a.n_layer, b.n_layer) - min(alike))
    return found


@pytest.mark.parametrize("confidence", [None, 0.9])
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_all_of_it_is_that_of_brute_force(n: int, confidence: float | None) -> None:
    goal, asked = GOALS[n - 1]
    bench = limited_benchmark(SMALL, n, ("by_depth", "pairs", "products")[n % 3 :])
    limits = some_limits(bench, LIMITED[-n:], n, confidence)
    r = recommend(bench, limits=limits, confidence=confidence, **asked)
    codes, sign = codes_of(bench.space), Target.parse(goal).sign
    values = sign * bench.predict(codes, goal).median
    mask = slow_mask(bench, limits, confidence)
    best = values[mask].min()
    assert sign * r.value == best
    assert mask[row_of(codes, r)]
    for name, bound in limits.items():
        amounts = slow_amount(bench, name, confidence)
        assert r.used[name] == pytest.approx(amounts[row_of(codes, r)], rel=1e-12)
        others = slow_mask(bench, {one: limits[one] for one in limits if one != name}, confidence)
        assert r.trade_offs[name].binds == bool(values[others].min() < best)
        for room in (1.0, 1.03, 1.1, 1.24):
            looser = others & (amounts <= bound * room)
            assert sign * r.trade_offs[name].at(bound * room) == pytest.approx(values[looser].min(), rel=1e-12)
    check_simplest(bench, r, mask, values)
    check_alternatives(bench, r, mask, values)


def row_of(codes: Codes, r: Recommendation) -> int:
    return int((codes == r.codes).all(axis=1).argmax())


def check_simplest(bench: Benchmark, r: Recommendation, mask: Bools, values: Floats) -> None:
    codes, sign = codes_of(bench.space), Target.parse(r.goal).sign
    error = np.nan_to_num(r.metrics[r.goal].standard_error)
    near = codes[mask & (values <= sign * r.value + error)]
    kinds = [len(set(a.mlp_ratio)) + len(set(a.n_head)) for a in bench.space.decode(near)]
    params = bench.predict(near, "params").median
    simplest = r.simplest.architecture
    own = len(set(simplest.mlp_ratio)) + len(set(simplest.n_head)), r.simplest.params
    assert own == min(zip(kinds, params.tolist(), strict=True))


def check_alternatives(bench: Benchmark, r: Recommendation, mask: Bools, values: Floats) -> None:
    codes, sign = codes_of(bench.space), Target.parse(r.goal).sign
    far = mask & (np.array(slow_difference(bench, codes, r.codes)) >= r.least_difference)
    for choice in r.alternatives:
        assert sign * choice.value == pytest.approx(values[far].min(), rel=1e-12)
        own = bench.space.encode(choice.architecture)
        assert choice.differs == slow_difference(bench, own, r.codes)[0] >= r.least_difference
        far &= np.array(slow_difference(bench, codes, own)) >= r.least_difference
    assert len(r.alternatives) == 3 or not far.any()


def test_metrics_that_depend_on_order_may_be_limited_together() -> None:
    bench = limited_benchmark(SMALL, 4)
    amounts = slow_amount(bench, "accuracy", 0.9)
    limits = {"accuracy": float(np.quantile(amounts, 0.6)), "latency@a100": 5.0}
    r = recommend(bench, limits=limits, confidence=0.9)
    values, mask = bench.predict(codes_of(SMALL), "perplexity").median, slow_mask(bench, limits, 0.9)
    assert r.value == values[mask].min()
    check_simplest(bench, r, mask, values)
    check_alternatives(bench, r, mask, values)
    for room in (0.9, 0.8):
        looser = slow_mask(bench, {**limits, "accuracy": limits["accuracy"] * room}, 0.9)
        assert r.trade_offs["accuracy"].at(limits["accuracy"] * room) == pytest.approx(values[looser].min(), rel=1e-12)


@pytest.mark.parametrize(
    "name", ["gpt_s", *(pytest.param(name, marks=pytest.mark.slow) for name in ("gpt_m", "gpt_l"))]
)
def test_the_promised_share_of_draws_keeps_the_limits(name: str) -> None:
    bench = hb.load_benchmark(name)
    sample = bench.space.sample(200, np.random.default_rng(0))
    for limited in ("latency@rtx3080", "energy@a100"):
        bound = float(np.quantile(bench.predict(sample, limited).median, 0.3))
        for confidence in (0.7, 0.95):
            r = recommend(bench, limits={limited: bound}, confidence=confidence)
            p = bench.predict(np.repeat(r.codes, 100_000, axis=0), limited)
            share = float(np.mean(p.sample(seed=3, repeat=np.arange(100_000)) <= bound))
            assert share >= confidence - 4 * np.sqrt(confidence * (1 - confidence) / 100_000), (limited, confidence)


def test_none_of_many_samples_is_better() -> None:
    bench = hb.load_benchmark("gpt_l")
    limits = {"latency@rtx3080": 30.0, "memory_bfloat16": 2000.0}
    r = recommend(bench, limits=limits)
    rng = np.random.default_rng(1)
    near = bench.space.random_neighbours(np.repeat(r.codes, 5_000, axis=0), rng)
    codes = np.concatenate([bench.space.sample(5_000, rng), near])
    inside = np.ones(len(codes), dtype=bool)
    for name, bound in limits.items():
        p = bench.predict(codes, name)
        inside &= replace(p, median=p.median + 1.6448536269514722 * p.standard_error).quantile(0.95) <= bound
    assert inside.sum() > 1000
    assert bench.predict(codes[inside], "perplexity").median.min() >= r.value


@pytest.mark.parametrize("limited", ["latency@a100", "accuracy"])
def test_only_what_measured_ones_surround_may_be_asked_for(limited: str) -> None:
    bench = limited_benchmark(SMALL, 1)
    codes = codes_of(SMALL)
    for seed, kind in enumerate(bench.support):
        measured = Support.of(SMALL, SMALL.sample(60, np.random.default_rng(seed)))
        bench = replace(bench, support={**bench.support, kind: measured})
    limits = {limited: float(np.median(slow_amount(bench, limited, 0.9))) * 1.1 ** -(limited == "accuracy")}
    mask, values = slow_mask(bench, limits, 0.9), bench.predict(codes, "perplexity").median
    share = np.minimum(bench.predict(codes, "perplexity").support, bench.predict(codes, limited).support)
    for least in (0.3, 0.8):
        r = recommend(bench, limits=limits, confidence=0.9, least_support=least)
        assert r.value == values[mask & (share >= least)].min()
        check_simplest(bench, r, mask & (share >= least), values)
        check_alternatives(bench, r, mask & (share >= least), values)
        looser = slow_mask(bench, {limited: limits[limited] * (0.8 if limited == "accuracy" else 1.2)}, 0.9)
        at = r.trade_offs[limited].at(limits[limited] * (0.8 if limited == "accuracy" else 1.2))
        assert at == pytest.approx(values[looser & (share >= least)].min(), rel=1e-12)
    with pytest.raises(
        InfeasibleError, match=rf"has a support of 1; the greatest is {share[mask].max():.3g}: ask for less"
    ):
        recommend(bench, limits=limits, confidence=0.9, least_support=1.0)
    with pytest.raises(InputError, match=r"least_support is 2, but must be a number from 0 to 1"):
        recommend(bench, least_support=2)
    with pytest.raises(InputError, match=r"nothing is known of the support of perplexity: leave it out"):
        recommend(replace(bench, support={}), least_support=0.1)


def test_rows_answer_themselves() -> None:
    table = random_table()
    r = recommend(table, maximise="accuracy", limits={"latency@a100": 6.0}, confidence=0.8)
    part = table.with_targets(["accuracy", "latency@a100"])
    inside = part.predict(part.space.codes, "latency@a100").quantile(0.8) <= 6.0
    assert r.value == part.predict(part.space.codes, "accuracy").median[inside].max()
    assert r.trust == ("Measured itself: values are the readings of this architecture.",)
    with pytest.raises(InfeasibleError, match="off by"):
        recommend(table, maximise="accuracy", limits={"latency@a100": 0.001})


def test_what_is_said_is_plain_and_json() -> None:
    r = recommend("gpt_m", limits={"latency@rtx3080": 40.0, "memory_bfloat16": 900.0})
    assert repr(r).count("\n") == 1
    assert "memory_bfloat16: quantile 897.8 MB of 900 MB; does not bind." in str(r)
    said = " ".join(str(r).split())
    assert "latency@rtx3080 at most 40 ms a pass (4 x 1024 tokens, 102,400 tokens/s)" in said
    assert "mWh per 1,000 tokens" in said
    assert r._repr_html_() == f"<pre>{html.escape(str(r))}</pre>"
    frame = r.to_frame()
    assert frame["used"].dropna().to_dict() == r.used
    assert frame["median"].tolist() == [metric.median for metric in r.metrics.values()]
    assert frame["limit"].dropna().to_dict() == r.limits
    told = json.loads(json.dumps(r.to_dict(), allow_nan=False))
    assert told["binding"] == ["latency@rtx3080"]
    assert told["metrics"]["latency@rtx3080"]["tokens_per_second"] == pytest.approx(4096 / 39.94e-3, rel=1e-3)
    energy = told["metrics"]["energy@rtx3080"]
    assert energy["mwh_per_1000_tokens"] == pytest.approx(1000 * energy["median"] / 4.096)
    assert r.architecture == hb.load_benchmark("gpt_m").space.decode(r.codes)[0]


def test_without_limits_it_is_the_best_there_is() -> None:
    bench = hb.load_benchmark("gpt_s")
    r = recommend(bench)
    assert r.value == bench.pareto_front(["perplexity", "params"]).values[0, 0]
    assert "knee_points" in str(r)
    assert r.binding == ()


def test_spaces_of_closed_forms() -> None:
    space = SearchSpace(name="mine", embed_dim=(64, 128), n_layer=(2,), mlp_ratio=(2, 4), n_head=(1, 2))
    r = recommend(space, minimise="flops", limits={"params": 7e6}, confidence=None)
    assert r.architecture.mlp_ratio == (2, 2)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"minimise": "perplexty"}, "unknown objective 'perplexty'; valid, nearest first: perplexity"),
        ({"minimise": "accuracy"}, "minimise is 'accuracy', but more of it is better: maximise='accuracy'"),
        ({"maximise": "params"}, "maximise is 'params', but less of it is better: minimise='params'"),
        ({"minimise": "params", "maximise": "accuracy"}, "but one thing is optimised: name one"),
        ({"limits": {"latency@rtx3090": 3.0}}, "unknown device in 'latency@rtx3090': 'rtx3090'; .* rtx3080"),
        ({"limits": {"latency@a100": 1.0}}, r"infeasible: .* the nearest has latency@a100 .*, off by"),
        ({"confidence": 2.0}, r"confidence is 2\.0, but must be from 0\.5 to 0\.999"),
    ],
)
def test_mistakes_are_named(asked: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        recommend("gpt_s", **asked)  # type: ignore[arg-type]


def test_what_answers_must_be_a_benchmark() -> None:
    with pytest.raises(InputError, match="must be a name, such as 'gpt_s', a space or a benchmark"):
        recommend(3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="unknown space 'gpt_x'"):
        recommend("gpt_x")
