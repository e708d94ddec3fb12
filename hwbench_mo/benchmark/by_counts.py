"""Exact fronts under limits, by count vector.

Each limit is a mask of cells (`hwbench_mo.benchmark.cells`): a metric that depends on counts alone is the same for all
architectures of a cell, and of one that depends on the order of layers the least value of each cell is known, by
dynamic programming. What is left is to go through the cells.
"""

import time
from collections.abc import Mapping, Sequence

import numpy as np

from hwbench_mo.benchmark.benchmark import Benchmark
from hwbench_mo.benchmark.blackbox import BlackBox
from hwbench_mo.benchmark.cell_front import cell_codes
from hwbench_mo.benchmark.cells import cells_of
from hwbench_mo.benchmark.front import ParetoFront, front_of, signs_of
from hwbench_mo.benchmark.front_cache import LEAST_SECONDS, constrained_key, front_key, read_front, write_front
from hwbench_mo.benchmark.goal import Goal, all_targets, goal_of, values_of
from hwbench_mo.benchmark.infeasible import InfeasibleError, nearest_cell, nearest_row
from hwbench_mo.benchmark.limits import Limit, check_confidence, check_limits
from hwbench_mo.benchmark.own import by_codes, every_code
from hwbench_mo.benchmark.tabled import Tabled
from hwbench_mo.benchmark.tabular import TabularBenchmark
from hwbench_mo.errors import InputTypeError
from hwbench_mo.targets import Target
from hwbench_mo.typing import Codes


def constrained_front(
    benchmark: BlackBox,
    objectives: Sequence[str | Goal],
    limits: Mapping[str, float],
    *,
    confidence: float | None = None,
) -> ParetoFront:
    """The exact Pareto front of noise-free values among the architectures that keep every limit.

    Parameters
    ----------
    objectives
        Names, or what is made of several metrics (`Goal`). Every value is minimised: accuracy is negated.
    limits
        By name, in the target's unit: at most so much; for accuracy at least.
    confidence
        None: medians are limited. A probability: a measurement stays within each limit with that probability (`Limit`).

    Raises
    ------
    InfeasibleError
        If no architecture keeps them; it says how far off the nearest is.
    InputError
        If a name is unknown.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> bench = hb.load_benchmark("gpt_s")
    >>> front = constrained_front(bench, ["perplexity", "latency@a100"], {"memory_bfloat16": 300.0})
    >>> bool((bench.predict(front.codes, "memory_bfloat16").median <= 300).all())
    True
    """
    goals = [goal_of(asked, devices=getattr(benchmark, "devices", ())) for asked in objectives]
    if isinstance(benchmark, TabularBenchmark):
        part = benchmark.with_targets([*all_targets(goals), *check_limits(limits)])
        return _front_of_rows(part, part.space.codes, goals, limits, confidence)
    if not isinstance(benchmark, Benchmark):
        raise InputTypeError(f"limits need a Benchmark or a TabularBenchmark, not {type(benchmark).__name__}")
    names = all_targets(goals)
    if ordered := by_codes(benchmark.metrics, [*names, *check_limits(limits)]):
        return _front_of_rows(benchmark, every_code(ordered[0], benchmark.space), goals, limits, confidence)
    cells, kept = cells_of(benchmark), limits_of(benchmark, limits, confidence)
    found = _codes(benchmark, goals, kept)
    if not len(found):
        bounds = [(limit.target, limit.bound) for limit in kept]
        raise InfeasibleError.of(benchmark.space.name, bounds, confidence, *nearest_cell(cells, kept))
    return front_of(found, values_of(goals, names, benchmark.kernel(names)(found)))


def _codes(benchmark: Benchmark, goals: Sequence[Goal], kept: list[Limit]) -> Codes:
    """`cell_codes`, kept on disk if that takes long; with metrics of one's own nothing is."""
    targets = [*all_targets(goals), *(limit.target for limit in kept)]
    if any(name in benchmark.metrics for name in targets):
        return cell_codes(cells_of(benchmark), goals, kept)
    models, signs = [benchmark.model(name) for name in targets], signs_of(targets).tolist()
    key = constrained_key(front_key(benchmark.space, models, signs), [goal.name for goal in goals], kept)
    found = read_front(key, benchmark.space)
    if found is None:
        start = time.perf_counter()
        found = cell_codes(cells_of(benchmark), goals, kept)
        if len(found) and time.perf_counter() - start > LEAST_SECONDS:
            write_front(key, found)
    return found


def limits_of(benchmark: Tabled, limits: Mapping[str, float], confidence: float | None) -> list[Limit]:
    """Limits with what is known of their targets."""
    check_confidence(confidence)
    found = []
    for name, bound in check_limits(limits).items():
        model, error = benchmark.scale(name), benchmark.errors.get(name)
        by_order = error is None or not set(error.parts) <= {"base", "mlp", "head"} or error.mlp.shape[2] > 1
        found.append(
            Limit(
                target=name,
                bound=bound,
                model=model,
                confidence=confidence,
                noise=benchmark.noise.get(name),
                error=None if by_order or error is None or error.head.shape[2] > 1 else error,
            )
        )
        found[-1].check_exact()
    return found


def _front_of_rows(
    benchmark: Benchmark | TabularBenchmark,
    codes: Codes,
    goals: Sequence[Goal],
    limits: Mapping[str, float],
    confidence: float | None,
) -> ParetoFront:
    """Of the architectures ``codes`` ``[n, d]``: each is asked."""
    check_confidence(confidence)
    checked, names = check_limits(limits), all_targets(goals)
    excess = np.full((len(codes), len(checked)), -np.inf)
    amounts = np.zeros_like(excess)
    for place, (name, bound) in enumerate(checked.items()):
        prediction, sign = benchmark.predict(codes, name), Target.parse(name).sign
        level = 0.5 if confidence is None else confidence if sign > 0 else 1 - confidence
        amounts[:, place] = prediction.median if confidence is None else prediction.quantile(level)
        excess[:, place] = sign * (amounts[:, place] / bound - 1)
    inside = (excess <= 0).all(axis=1)
    if not inside.any():
        nearest = nearest_row(codes, amounts, excess)
        raise InfeasibleError.of(benchmark.space.name, list(checked.items()), confidence, *nearest)
    kept = codes[inside]
    return front_of(kept, values_of(goals, names, benchmark.kernel(names)(kept)))
