"""The search among measured rows: each is asked."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from hwbench_mo.benchmark import TabularBenchmark
from hwbench_mo.benchmark.goal import Goal, values_of
from hwbench_mo.benchmark.growing import Growing
from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.recommendation.search import Counts, Found, Keep, curve_of
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM
from hwbench_mo.typing import Codes, Floats


class RowSearch:
    """See `hwbench_mo.recommendation.search.Search`; a row's quantiles are those of its own readings.

    Parameters
    ----------
    benchmark
        Rows in which the goal and all that is limited were measured.
    """

    def __init__(self, benchmark: TabularBenchmark, goal: Goal) -> None:
        self._benchmark, codes = benchmark, benchmark.space.codes
        values = values_of([goal], goal.targets, benchmark.kernel(goal.targets)(codes))[:, 0]
        none = np.zeros(len(codes), dtype=np.int64)
        self.every = Found(none, np.arange(len(codes)), none, values)

    def pieces(
        self,
        limits: Sequence[Limit],
        ceiling: Callable[[], float],
        keep: Keep | None = None,
        *,
        least_alone: bool = False,
    ) -> Iterator[Found]:
        """See `Search`."""
        amounts = self.amounts(self.every, limits)
        inside = self.every.values <= ceiling()
        for place, limit in enumerate(limits):
            inside &= limit.sign * amounts[:, place] <= limit.sign * limit.bound
        if keep is not None:
            counts = self.counts(self.every)
            for mlp, head in keep.sides(counts.e, counts.mlp, counts.head):
                inside &= mlp | head
        found = self.every.take(inside)
        yield found.take(np.array([found.values.argmin()])) if least_alone and len(found.values) else found

    def support(self, found: Found) -> Floats:
        """See `Search`; rows were measured."""
        return np.ones(len(found.at))

    def counts(self, found: Found) -> Counts:
        """See `Search`."""
        codes = self.codes(found)
        return Counts(codes[:, EMBED_DIM], codes[:, BIAS], *self._benchmark.space.counts(codes))

    def amounts(self, found: Found, limits: Sequence[Limit]) -> Floats:
        """See `Search`."""
        codes, amounts = self.codes(found), np.empty((len(found.at), len(limits)))
        for place, limit in enumerate(limits):
            prediction = self._benchmark.predict(codes, limit.target)
            quantile = limit.confidence is not None
            amounts[:, place] = prediction.quantile(limit.level)[:, 0] if quantile else prediction.median
        return amounts

    def curve(self, limits: Sequence[Limit], which: int, below: float) -> Growing:
        """See `Search`."""
        return curve_of(self, limits, which, below)

    def codes(self, found: Found) -> Codes:
        """See `Search`."""
        return self._benchmark.space.codes[found.a]
