"""What is asked: the search that answers it, and the error if nothing does."""

from numbers import Real

import numpy as np

from hwbench_mo.benchmark import Benchmark, BlackBox, InfeasibleError, TabularBenchmark
from hwbench_mo.benchmark.by_counts import limits_of
from hwbench_mo.benchmark.cells import cells_of
from hwbench_mo.benchmark.goal import Goal
from hwbench_mo.benchmark.infeasible import nearest_cell, nearest_row
from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.recommendation.blocks import Trusted
from hwbench_mo.recommendation.cell_search import CellSearch
from hwbench_mo.recommendation.open_search import OpenSearch
from hwbench_mo.recommendation.rows import RowSearch
from hwbench_mo.recommendation.search import Search
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.support import Support, support_of
from hwbench_mo.targets import CLOSED_FORM


def check_support(value: object) -> None:
    """Raise `InputError` unless it is a share."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
        raise InputError(f"least_support is {value!r}, but must be a number from 0 to 1")


def search_of(
    benchmark: BlackBox, goal: Goal, limits: dict[str, float], confidence: float | None, least_support: float
) -> tuple[Search, list[Limit]]:
    """The search for what is best in a goal, and the limits with what is known of their targets."""
    if isinstance(benchmark, TabularBenchmark):
        full = benchmark.space.full
        # A row's readings answer for themselves: the model of a limit is not asked.
        rows = [
            Limit(target=name, bound=bound, model=closed_form(full, "params"), confidence=confidence)
            for name, bound in limits.items()
        ]
        return RowSearch(benchmark, goal), rows
    if not isinstance(benchmark, Benchmark):
        raise InputTypeError(f"recommendations need a Benchmark or a TabularBenchmark, not {type(benchmark).__name__}")
    kept = limits_of(benchmark, limits, confidence)
    return _search_in(benchmark, goal, kept, _trusted(benchmark, [*goal.targets, *limits], least_support)), kept


def _trusted(benchmark: Benchmark, targets: list[str], least: float) -> Trusted | None:
    if least <= 0:
        return None
    supports: list[Support] = []
    for name in targets:
        if name in CLOSED_FORM or name in benchmark.metrics:
            continue
        support = support_of(benchmark.support, name)
        if support is None:
            raise InputError(f"least_support is {least}, but nothing is known of the support of {name}: leave it out")
        if all(support is not other for other in supports):
            supports.append(support)
    return Trusted(supports, float(least))


def infeasible(
    benchmark: BlackBox, goal: Goal, limits: list[Limit], confidence: float | None, least_support: float
) -> InfeasibleError:
    """The error where nothing is found: for the limits, or for the support that is wanted."""
    space, bounds = benchmark.space.name, [(limit.target, limit.bound) for limit in limits]
    if isinstance(benchmark, TabularBenchmark):
        rows = RowSearch(benchmark, goal)
        amounts = rows.amounts(rows.every, limits)
        excess = np.stack([limit.excess(amounts[:, place]) for place, limit in enumerate(limits)], axis=1)
        return InfeasibleError.of(space, bounds, confidence, *nearest_row(rows.codes(rows.every), amounts, excess))
    if not isinstance(benchmark, Benchmark):
        raise InputTypeError(f"recommendations need a Benchmark or a TabularBenchmark, not {type(benchmark).__name__}")
    trusted = _trusted(benchmark, [*goal.targets, *(name for name, _ in bounds)], least_support)
    if trusted is not None:
        search = _search_in(benchmark, goal, limits, trusted._replace(least=0.0))
        pieces = [piece for piece in search.pieces(limits, lambda: np.inf) if len(piece.values)]
        if pieces:
            most = max(float(search.support(piece).max()) for piece in pieces)
            (first,) = [piece for piece in pieces if search.support(piece).max() == most][:1]
            codes = search.codes(first.take(np.array([search.support(first).argmax()])))
            return InfeasibleError.unsupported(space, least_support, most, codes)
    return InfeasibleError.of(space, bounds, confidence, *nearest_cell(cells_of(benchmark), limits))


def _search_in(benchmark: Benchmark, goal: Goal, limits: list[Limit], trusted: Trusted | None) -> Search:
    cells, names = cells_of(benchmark), [limit.target for limit in limits]
    if len(cells.by_order([*goal.targets, *names])) > 1:
        return OpenSearch(cells, goal, limits, trusted)
    return CellSearch(cells, goal, names, trusted)
