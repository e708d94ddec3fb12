import json
import math
from typing import Any

import numpy as np
import pytest

from hwbench_mo import Benchmark, load_benchmark
from hwbench_mo.recommendation.export import count_tables
from tests.support.limits import limited_benchmark
from tests.support.spaces import SMALL, codes_of

TARGETS = ("perplexity", "accuracy", "latency@rtx3080", "energy@h100", "params")


def plain_sum(tables: dict[str, Any], name: str, e: int, b: int, depth: int, i: int, j: int) -> float:
    """As another language would: lists and loops."""
    told, n_layers = tables["targets"][name], str(tables["space"]["n_layer"][depth])
    n, h = tables["counts"]["mlp"][n_layers][i], tables["counts"]["head"][n_layers][j]
    total = told["base"][e][b][depth]
    if told["by_order"]:
        total += told["mlp"][e][b][depth][i] + told["head"][e][b][depth][j]
    else:
        total += sum(x * y for x, y in zip(told["mlp"][e][b], n, strict=True))
        total += sum(x * y for x, y in zip(told["head"][e][b], h, strict=True))
    for x, row in zip([*n, *h], told["products"][e][b] if "products" in told else [], strict=False):
        total += sum(x * y * z for y, z in zip([*n, *h], row, strict=True))
    return float(total)


def plain_value(told: dict[str, Any], total: float, e: int, b: int) -> tuple[float, float]:
    """The value, and the slope."""
    if told["link"] == "exp":
        return math.exp(total), math.exp(total)
    if "curve" not in told:
        return total, 1.0
    knots, images = told["curve"]["knots"][e][b], told["curve"]["images"][e][b]
    if total <= knots[0]:
        return total * images[0] / knots[0], images[0] / knots[0]
    for left in range(len(knots) - 1):
        if total <= knots[left + 1]:
            slope = (images[left + 1] - images[left]) / (knots[left + 1] - knots[left])
            return images[left] + slope * (total - knots[left]), slope
    return total * images[-1] / knots[-1], images[-1] / knots[-1]


def plain_quantile(told: dict[str, Any], value: float, g: int, level: int) -> float:
    if "noise" not in told:
        return value
    knots, ratios = told["noise"]["knots"][g], [row[level] for row in told["noise"]["ratios"][g]]
    return value * float(np.interp(value, knots, ratios))


def architecture(tables: dict[str, Any], order: str, e: int, b: int, depth: int, i: int, j: int) -> list[int]:
    told, space = tables["targets"][order], tables["space"]
    absent = [0] * (space["n_layer"][-1] - space["n_layer"][depth])
    mlp, head = (told[f"{kind}_orders"][e][b][depth][row] for kind, row in (("mlp", i), ("head", j)))
    return [e, depth, b, *map(int, mlp), *absent, *map(int, head), *absent]


def check(bench: Benchmark, cells: list[tuple[int, ...]]) -> None:
    tables = json.loads(json.dumps(count_tables(bench, TARGETS), allow_nan=False))
    for e, b, depth, i, j in cells:
        for name in TARGETS:
            told = tables["targets"][name]
            order = name if told["by_order"] else "perplexity"
            p = bench.predict(np.array([architecture(tables, order, e, b, depth, i, j)]), name)
            value, slope = plain_value(told, plain_sum(tables, name, e, b, depth, i, j), e, b)
            assert value == pytest.approx(p.median[0], rel=1e-13)
            for place, level in enumerate(tables["levels"]):
                found = plain_quantile(told, value, e * len(bench.space.bias) + b, place)
                assert found == pytest.approx(p.quantile(level)[0], rel=1e-12)
            if "error" in told:
                n_layers = str(bench.space.n_layer[depth])
                n, h = tables["counts"]["mlp"][n_layers][i], tables["counts"]["head"][n_layers][j]
                error = np.array(told["error"]["base"][e][b][depth])
                error = error + np.array(n) @ told["error"]["mlp"][e][b] + np.array(h) @ told["error"]["head"][e][b]
                assert slope * np.sqrt((error**2).sum()) == pytest.approx(p.standard_error[0], rel=1e-9)


def test_tables_give_what_the_benchmark_predicts() -> None:
    bench = limited_benchmark(SMALL, 0, ("by_depth", "pairs", "products"))
    check(bench, [(e, b, 1, i, j) for e in (0, 1) for b in (0, 1) for i, j in ((0, 0), (1, 3), (3, 9))])
    least = min(bench.predict(codes_of(SMALL), "perplexity").median)
    tables = count_tables(bench, ["perplexity"])
    found = [
        plain_sum(tables, "perplexity", e, b, depth, i, j)
        for e in (0, 1)
        for b in (0, 1)
        for depth in (0, 1)
        for i in range((2, 4)[depth])
        for j in range((3, 10)[depth])
    ]
    assert math.exp(min(found)) == pytest.approx(least)


def test_shipped_tables_do_too() -> None:
    rng = np.random.default_rng(0)
    check(
        load_benchmark("gpt_m"),
        [(*rng.integers([3, 2, 3]).tolist(), *rng.integers(276, size=2).tolist()) for _ in range(4)],
    )
