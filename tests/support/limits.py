"""Limits by brute force, and benchmarks on which every part of a limit matters."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from statistics import NormalDist

import numpy as np

from hwbench_mo import Benchmark, SearchSpace
from hwbench_mo.benchmark.front import ParetoFront, signs_of
from hwbench_mo.pareto import nondominated
from hwbench_mo.surrogates import QuantileTable
from hwbench_mo.surrogates.quantiles import LEVELS
from hwbench_mo.surrogates.support import Support
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.targets import Target
from hwbench_mo.typing import Bools, Floats
from tests.support.spaces import codes_of, random_benchmark, random_model


def limited_benchmark(space: SearchSpace, seed: int, terms: Collection[str] = ("by_depth", "pairs")) -> Benchmark:
    """Noise that changes along the median, not always upwards, standard errors, support, and a third device."""
    bench = random_benchmark(space, seed, terms)
    rng = np.random.default_rng([seed, 1])
    n_groups, knots = len(space.embed_dim) * len(space.bias), 4
    models = {**bench.models, "latency@rtx3080": random_model(space, rng)}
    noise, errors = {}, {}
    for name, model in models.items():
        ratios = np.sort(rng.lognormal(0, 0.4, (n_groups, knots, len(LEVELS))), axis=2)
        ratios /= ratios[:, :, [len(LEVELS) // 2]]
        at = np.cumsum(rng.uniform(0.2, 2, (n_groups, knots)), axis=1)
        noise[name] = QuantileTable(ratios, LEVELS, at) if "@" in name else bench.noise[name]
        if not model.by_order:
            parts = {part: rng.normal(0, 0.05, (*table.shape, 3)) for part, table in model.parts.items()}
            errors[name] = TableError(**parts)
    measured = space.sample(40, rng)
    support = {"quality": Support.of(space, measured), "hardware": Support.of(space, measured)}
    return replace(bench, models=models, noise=noise, errors=errors, support=support)


def slow_amount(bench: Benchmark, target: str, confidence: float | None) -> Floats:
    """``[n]``; what is limited, of every architecture of a small space."""
    prediction = bench.predict(codes_of(bench.space), target)
    if confidence is None:
        return prediction.median
    sign = Target.parse(target).sign
    error = prediction.standard_error if target in bench.errors else 0.0
    moved = replace(prediction, median=prediction.median + sign * NormalDist().inv_cdf(confidence) * error)
    return moved.quantile(confidence if sign > 0 else 1 - confidence)


def slow_mask(bench: Benchmark, limits: Mapping[str, float], confidence: float | None) -> Bools:
    """``[n]``; which architectures of a small space keep the limits."""
    kept = np.ones(len(codes_of(bench.space)), dtype=bool)
    for name, bound in limits.items():
        sign = Target.parse(name).sign
        kept &= sign * slow_amount(bench, name, confidence) <= sign * bound
    return kept


def slow_constrained_front(
    bench: Benchmark, objectives: list[str], limits: Mapping[str, float], confidence: float | None
) -> ParetoFront:
    """The twin of `constrained_front`: every architecture is asked."""
    codes = codes_of(bench.space)[slow_mask(bench, limits, confidence)]
    values = bench.kernel(objectives)(codes) * signs_of(objectives)
    values, first = np.unique(values, axis=0, return_index=True)
    kept = nondominated(values)
    return ParetoFront(codes[first][kept], values[kept])
