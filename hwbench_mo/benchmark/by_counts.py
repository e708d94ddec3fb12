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
from hwbench_mo.benchmark.cells import Cells, cells_of
from hwbench_mo.benchmark.front import ParetoFront, front_of, signs_of
from hwbench_mo.benchmark.front_cache import LEAST_SECONDS, constrained_key, front_key, read_front, write_front
from hwbench_mo.benchmark.goal import Goal, all_targets, goal_of, values_of
from hwbench_mo.benchmark.growing import Growing
from hwbench_mo.benchmark.infeasible import InfeasibleError, nearest_cell, nearest_row
from hwbench_mo.benchmark.limits import Limit, check_confidence, check_limits
from hwbench_mo.benchmark.ordered import ordered_codes
from hwbench_mo.benchmark.tabular import TabularBenchmark
from hwbench_mo.benchmark.view import View
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.progress import track
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
        return _front_of_rows(benchmark, goals, limits, confidence)
    if not isinstance(benchmark, Benchmark):
        raise InputTypeError(f"limits need a Benchmark or a TabularBenchmark, not {type(benchmark).__name__}")
    cells, kept = cells_of(benchmark), limits_of(benchmark, limits, confidence)
    names = all_targets(goals)
    targets = [*names, *(limit.target for limit in kept)]
    models, signs = [benchmark.model(name) for name in targets], signs_of(targets).tolist()
    key = constrained_key(front_key(benchmark.space, models, signs), [goal.name for goal in goals], kept)
    found = read_front(key, benchmark.space)
    if found is None:
        start = time.perf_counter()
        found = _candidates(cells, goals, kept)
        if len(found) and time.perf_counter() - start > LEAST_SECONDS:
            write_front(key, found)
    if not len(found):
        bounds = [(limit.target, limit.bound) for limit in kept]
        raise InfeasibleError.of(benchmark.space.name, bounds, confidence, *nearest_cell(cells, kept))
    return front_of(found, values_of(goals, names, benchmark.kernel(names)(found)))


def limits_of(benchmark: Benchmark, limits: Mapping[str, float], confidence: float | None) -> list[Limit]:
    """Limits with what is known of their targets."""
    check_confidence(confidence)
    found = []
    for name, bound in check_limits(limits).items():
        model, error = benchmark.model(name), benchmark.errors.get(name)
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


def _candidates(cells: Cells, goals: Sequence[Goal], limits: Sequence[Limit]) -> Codes:
    """``[n, d]``; architectures that keep the limits, among them one for each point of the front."""
    names = all_targets(goals)
    targets = [*names, *(limit.target for limit in limits)]
    groups = track(_groups(cells), "exact front", unit="group")
    if len(ordered := cells.by_order(targets)) > 1:
        if any(len(goal.targets) > 1 for goal in goals):
            raise InputError(
                f"{' and '.join(ordered)} depend on the order of layers, and an objective is made of several metrics: "
                f"the front is exact with one of them alone; leave out the others"
            )
        return np.concatenate([ordered_codes(cells, names, limits, group) for group in groups])
    order = cells.order_target(targets)
    return np.concatenate([_codes(cells, goals, limits, order, group) for group in groups])


def _groups(cells: Cells) -> list[list[int]]:
    """Blocks of one width and bias: within them, sums are ordered as values are."""
    found: dict[tuple[int, int], list[int]] = {}
    for at, block in enumerate(cells.blocks):
        found.setdefault((block.e, block.b), []).append(at)
    return list(found.values())


def _codes(cells: Cells, goals: Sequence[Goal], limits: Sequence[Limit], order: str | None, group: list[int]) -> Codes:
    """``[n, d]``; of the non-dominated cells of some blocks."""
    front, names = Growing.of(len(goals)), all_targets(goals)
    composed = any(len(goal.targets) > 1 for goal in goals)
    for at in group:
        ceiling = float(front.sums[0, 0]) if len(goals) == 1 and not composed and len(front.sums) else np.inf
        for points in View(cells, at, names, limits, ceiling).points():
            # Within a group, sums are ordered as values are; what is made of several metrics is made of their values.
            sums = values_of(goals, names, cells.natural(at, names, points.sums)) if composed else points.sums
            better = front.may_improve(sums)
            if len(better):
                where = np.stack([np.full(len(better), at), *points.cells(better)], axis=1)
                front = front.with_(sums[better], where)
    codes = [np.zeros((0, cells.space.n_genes), dtype=np.int64)]
    for at in np.unique(front.where[:, 0]).tolist():
        _, i, j = front.where[front.where[:, 0] == at].T
        codes.append(cells.codes(at, i, j, order))
    return np.concatenate(codes)


def _front_of_rows(
    benchmark: TabularBenchmark, goals: Sequence[Goal], limits: Mapping[str, float], confidence: float | None
) -> ParetoFront:
    """Of measured rows: each is asked."""
    check_confidence(confidence)
    checked, names = check_limits(limits), all_targets(goals)
    part = benchmark.with_targets([*names, *checked])
    codes = part.space.codes
    excess = np.full((len(codes), len(checked)), -np.inf)
    amounts = np.zeros_like(excess)
    for place, (name, bound) in enumerate(checked.items()):
        prediction, sign = part.predict(codes, name), Target.parse(name).sign
        level = 0.5 if confidence is None else confidence if sign > 0 else 1 - confidence
        amounts[:, place] = prediction.median if confidence is None else prediction.quantile(level)
        excess[:, place] = sign * (amounts[:, place] / bound - 1)
    inside = (excess <= 0).all(axis=1)
    if not inside.any():
        nearest = nearest_row(codes, amounts, excess)
        raise InfeasibleError.of(part.space.name, list(checked.items()), confidence, *nearest)
    kept = codes[inside]
    return front_of(kept, values_of(goals, names, part.kernel(names)(kept)))
