"""Limits in, one architecture out."""

from collections.abc import Mapping, Sequence
from os import PathLike

import numpy as np

from hwbench_mo.benchmark import Benchmark, BlackBox, Metric, TabularBenchmark, load_benchmark
from hwbench_mo.benchmark.device_tables import Paths
from hwbench_mo.benchmark.goal import Goal, goal_of
from hwbench_mo.benchmark.limits import Limit, check_confidence, check_limits
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.problems.constraints import on_each_device
from hwbench_mo.problems.make import with_metrics
from hwbench_mo.progress import Steps, steps
from hwbench_mo.recommendation.choice import Choice
from hwbench_mo.recommendation.choices import alternatives_to, best_of, difference, simplest_of
from hwbench_mo.recommendation.metrics import MetricFacts, metrics_of
from hwbench_mo.recommendation.question import check_support, infeasible, search_of
from hwbench_mo.recommendation.record import Recommendation
from hwbench_mo.recommendation.search import Found, Search
from hwbench_mo.recommendation.trade_off import TradeOff, trade_off
from hwbench_mo.recommendation.trust import trust_in
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.typing import Floats


def recommend(
    space: str | SearchSpace | BlackBox,
    /,
    *,
    minimise: str | Goal | None = None,
    maximise: str | Goal | None = None,
    limits: Mapping[str, float] | None = None,
    confidence: float | None = 0.95,
    least_support: float = 0.0,
    table: str | PathLike[str] | None = None,
    devices: Paths | None = None,
    metrics: Sequence[Metric] = (),
) -> Recommendation:
    """The best architecture under any number of limits: exact, with what it costs and how far to trust it.

    No architecture of the space that keeps the limits has a better noise-free value. Hardware metrics depend on how
    many layers take each choice, so that all pairs of count vectors are gone through: 8 million on gpt_l.

    Parameters
    ----------
    space
        The name of a space, such as ``gpt_m``, or a benchmark, say one restricted to a space of your own.
    minimise
        What is minimised; ``perplexity`` by default. It may be made of several metrics (`Goal`).
    maximise
        ``accuracy``, instead of something that is minimised.
    limits
        By name: at most so much, in ms, Wh and MB a pass; ``accuracy`` at least. Any metric and device, any number.
    confidence
        The probability with which a measurement stays within each limit. The quantile of a measurement must keep the
        limit, with the median at its one-sided confidence bound of the same probability: at 0.95, 1.64 standard
        errors worse. For metrics that depend on the order of layers the median is taken as it is. None: the median
        must keep the limit.
    least_support
        Only architectures that measured ones surround: those whose support (`Prediction.support`) in the goal and in
        each limit is so great at least. The best architectures mostly lie beyond what was measured, where it is 0.
    table, devices
        Measured rows that answer themselves; or tables of your own devices: see `load_benchmark`.
    metrics
        Metrics of your own, which the goal and the limits may name: functions of counts, or on measured rows any.

    Raises
    ------
    InfeasibleError
        If no architecture keeps the limits; it says how far off the nearest is. So it is with ``least_support``.
    InputError
        If a name is unknown: the nearest valid ones are named. If a number is out of range.

    Examples
    --------
    >>> r = recommend("gpt_m", limits={"latency@rtx3080": 40.0, "memory_bfloat16": 900.0})
    >>> r.architecture.embed_dim, r.binding
    (512, ('latency@rtx3080',))
    """
    benchmark = with_metrics(_benchmark(space, table, devices), metrics)
    goal = _goal(benchmark, minimise, maximise)
    checked = on_each_device(check_limits({} if limits is None else limits))
    check_confidence(confidence)
    check_support(least_support)
    answering = benchmark.with_targets([*goal.targets, *checked])
    with steps("search", 4 + len(checked)) as done:
        search, kept = search_of(answering, goal, checked, confidence, least_support)
        done()
        best = best_of(search, kept)
        done()
        if best is None:
            raise infeasible(answering, goal, kept, confidence, least_support)
        return _Report(answering, search, goal, kept, confidence, best, done).recommendation()


def _benchmark(
    space: str | SearchSpace | BlackBox, table: str | PathLike[str] | None, devices: Paths | None
) -> BlackBox:
    for name, named in (("table", table), ("devices", devices)):
        if named is not None and not isinstance(space, str):
            raise InputTypeError(f"{name} is {str(named)!r}, but needs a space by name, such as 'gpt_s', not {space!r}")
    if isinstance(space, str):
        return load_benchmark(space, table=table) if table is not None else load_benchmark(space, devices=devices)
    if isinstance(space, SearchSpace):
        return Benchmark(space)
    if not isinstance(space, Benchmark | TabularBenchmark):
        raise InputTypeError(f"space is {space!r}, but must be a name, such as 'gpt_s', a space or a benchmark")
    return space


def _goal(benchmark: BlackBox, minimise: str | Goal | None, maximise: str | Goal | None) -> Goal:
    if minimise is not None and maximise is not None:
        raise InputError(f"minimise is {minimise!r} and maximise is {maximise!r}, but one thing is optimised: name one")
    asked = "perplexity" if minimise is None and maximise is None else minimise if maximise is None else maximise
    goal = goal_of(asked, devices=getattr(benchmark, "devices", ()))
    if maximise is not None and goal.sign > 0:
        raise InputError(f"maximise is {goal.name!r}, but less of it is better: minimise={goal.name!r}")
    if minimise is not None and goal.sign < 0:
        raise InputError(f"minimise is {goal.name!r}, but more of it is better: maximise={goal.name!r}")
    return goal


class _Report:
    """What is said of the best architecture."""

    def __init__(
        self,
        benchmark: BlackBox,
        search: Search,
        goal: Goal,
        limits: list[Limit],
        confidence: float | None,
        best: Found,
        done: Steps,
    ) -> None:
        self._benchmark, self._search, self._goal = benchmark, search, goal
        self._limits, self._confidence, self._best = limits, confidence, best
        self._sign = goal.sign
        self._done = done

    def recommendation(self) -> Recommendation:
        """All of it."""
        benchmark, best = self._benchmark, self._best
        codes = self._search.codes(best)
        asked = [*self._goal.targets, *(limit.target for limit in self._limits)]
        metrics = metrics_of(benchmark, codes, asked)
        ceiling = float(best.values[0]) + self._standard_error(metrics)
        used = self._search.amounts(best, self._limits)[0].tolist()
        others, least = alternatives_to(self._search, self._limits, best)
        self._done()
        simplest = self._choice(simplest_of(self._search, self._limits, ceiling, self._params))
        self._done()
        return Recommendation(
            space=benchmark.space.name,
            goal=self._goal.name,
            sign=self._sign,
            value=self._sign * float(best.values[0]),
            limits={limit.target: limit.bound for limit in self._limits},
            confidence=self._confidence,
            architecture=benchmark.space.decode(codes)[0],
            codes=codes,
            metrics=metrics,
            trade_offs={limit.target: self._trade_off(place, used[place]) for place, limit in enumerate(self._limits)},
            simplest=simplest,
            alternatives=tuple(self._choice(found) for found in others),
            least_difference=least,
            trust=trust_in(
                benchmark.space.name,
                {name: metrics[name] for name in asked},
                measured=isinstance(benchmark, TabularBenchmark),
            ),
        )

    def _trade_off(self, place: int, used: float) -> TradeOff:
        found = trade_off(self._search, self._limits, place, self._goal, self._best, used)
        self._done()
        return found

    def _standard_error(self, metrics: Mapping[str, MetricFacts]) -> float:
        """Of the goal: of several metrics, whose tables are fitted apart, to first order; 0 where it is not known."""
        medians = np.array([[metrics[name].median for name in self._goal.targets]])
        errors = np.nan_to_num([metrics[name].standard_error for name in self._goal.targets])
        moved = self._goal.value(medians + np.diag(errors)) - self._goal.value(medians)
        return float(np.sqrt((moved**2).sum()))

    def _choice(self, found: Found) -> Choice:
        codes = self._search.codes(found)
        used = self._search.amounts(found, self._limits)[0].tolist()
        differs = difference(self._search.counts(found), self._search.counts(self._best))
        return Choice(
            architecture=self._benchmark.space.decode(codes)[0],
            value=self._sign * float(found.values[0]),
            params=float(self._benchmark.predict(codes, "params").median[0]),
            used={limit.target: used[place] for place, limit in enumerate(self._limits)},
            differs=int(differs[0]),
        )

    def _params(self, found: Found) -> Floats:
        return self._benchmark.kernel(["params"])(self._search.codes(found))[:, 0]
