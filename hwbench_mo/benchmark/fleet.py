"""A benchmark that also answers for fleets: one metric on several devices, as their maximum or weighted mean."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hwbench_mo.benchmark.benchmark import Benchmark
from hwbench_mo.benchmark.blackbox import BlackBox
from hwbench_mo.benchmark.by_counts import constrained_front
from hwbench_mo.benchmark.cells import cells_of
from hwbench_mo.benchmark.front import ParetoFront, front_of
from hwbench_mo.benchmark.goal import all_targets, goal_of, values_of
from hwbench_mo.benchmark.metric import Metric
from hwbench_mo.benchmark.own import NO_METRICS, by_codes
from hwbench_mo.benchmark.prediction import Prediction
from hwbench_mo.spaces import Space
from hwbench_mo.targets import Fleet, Target
from hwbench_mo.typing import Codes, Floats, Ints, Values

N_LEVELS = 1024
"""Simulated measurements of each architecture, of which quantiles of a fleet are taken."""


@dataclass(frozen=True, eq=False)
class FleetBenchmark:
    """Answers for fleets by the answers of another benchmark for their devices, and for all else as that one.

    Latency, energy and peak memory of a fleet are functions of count vectors, as those of its devices: exact fronts
    stay exact. A fleet's value does not fall where that of a device rises, so that the front of the devices' values
    holds an architecture for each point of the front of the fleet's.
    """

    base: BlackBox

    @property
    def space(self) -> Space:
        """What is searched."""
        return self.base.space

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of everything that is answered, without fleets, of which there are as many as one can write."""
        return self.base.targets

    @property
    def manifest(self) -> Mapping[str, Any]:
        """That of the other benchmark."""
        return self.base.manifest

    @property
    def devices(self) -> Mapping[str, Any]:
        """That of the other benchmark."""
        found: Mapping[str, Any] = getattr(self.base, "devices", {})
        return found

    @property
    def metrics(self) -> Mapping[str, Metric]:
        """Those of one's own that the other benchmark has."""
        found: Mapping[str, Metric] = getattr(self.base, "metrics", NO_METRICS)
        return found

    def kernel(self, targets: Sequence[str], /) -> Callable[[Codes], Values]:
        """Noise-free values ``[n, k]`` of k targets."""
        goals = [goal_of(name) for name in targets]
        names = all_targets(goals)
        answer = self.base.kernel(tuple(names))
        signs = np.array([goal.sign for goal in goals])
        return lambda codes: values_of(goals, names, answer(codes)) * signs

    def predict(self, codes: Codes, target: str, /) -> Prediction:
        """The distribution of one measurement on every device of a fleet, combined."""
        fleet = Target.parse(target, devices=self.devices)
        if not isinstance(fleet, Fleet):
            return self.base.predict(codes, target)
        return FleetPrediction.combine(fleet, [self.base.predict(codes, part.name) for part in fleet.parts])

    def pareto_front(self, objectives: Sequence[str], /) -> ParetoFront:
        """The exact Pareto front; computed once."""
        names = tuple(objectives)
        if names not in self._front_of:
            self._front_of[names] = _front(self.base, names, {})
        return self._front_of[names]

    @cached_property
    def _front_of(self) -> dict[tuple[str, ...], ParetoFront]:
        return {}

    def with_targets(self, targets: Sequence[str], /) -> "FleetBenchmark":
        """The part in which all of ``targets`` are known."""
        names = tuple(dict.fromkeys(part.name for name in targets for part in Target.parse(name).parts))
        return FleetBenchmark(self.base.with_targets(names))


def feasible_front(benchmark: BlackBox, objectives: Sequence[str], limits: Mapping[str, float]) -> ParetoFront:
    """The exact front of any benchmark, of objectives that may be fleets, under limits that may be none."""
    if not limits:
        return benchmark.pareto_front(objectives)
    if isinstance(benchmark, FleetBenchmark):
        return _front(benchmark.base, objectives, limits)
    return constrained_front(benchmark, objectives, limits)


def _front(base: BlackBox, objectives: Sequence[str], limits: Mapping[str, float]) -> ParetoFront:
    """Of fleets, under limits.

    Where one metric at most depends on the order of layers, the cells of count vectors are gone through. Else the front
    of all devices' values is found first, which can be large.
    """
    goals = [goal_of(name) for name in objectives]
    names = all_targets(goals)
    metrics: Mapping[str, Metric] = getattr(base, "metrics", NO_METRICS)
    if by_codes(metrics, [*names, *limits]):
        return constrained_front(base, goals, limits)
    if isinstance(base, Benchmark) and len(cells_of(base).by_order([*names, *limits])) > 1:
        codes, _ = constrained_front(base, names, limits)
        return front_of(codes, values_of(goals, names, base.kernel(names)(codes)))
    return constrained_front(base, goals, limits)


@dataclass(frozen=True, eq=False, repr=False)
class FleetPrediction(Prediction):
    """One measurement on every device of a fleet, combined; devices measure independently.

    Quantiles, mean and standard deviation are those of 1,024 simulated measurements, the same in every call.
    """

    fleet: Fleet | None = None
    members: tuple[Prediction, ...] = ()

    @staticmethod
    def combine(fleet: Fleet, members: Sequence[Prediction]) -> "FleetPrediction":
        """Of the predictions of all devices."""
        first = members[0]
        medians = np.stack([member.median for member in members], axis=1)

        def standard_error() -> Floats:
            errors = np.stack([member.standard_error for member in members], axis=1)
            if fleet.weights is None:
                return np.asarray(np.take_along_axis(errors, medians.argmax(axis=1)[:, None], axis=1)[:, 0])
            return np.asarray(np.sqrt(((errors * np.array(fleet.weights)) ** 2).sum(axis=1)))

        return FleetPrediction(
            target=fleet.name,
            space=first.space,
            codes=first.codes,
            median=fleet.value(medians),
            noise=first.noise,
            groups=first.groups,
            error_of_median=standard_error,
            support_of_codes=lambda: np.min([member.support for member in members], axis=0),
            fleet=fleet,
            members=tuple(members),
        )

    @cached_property
    def _simulated(self) -> Floats:
        """``[n, 1024]``, ascending; each device at every level once, in an order of its own."""
        assert self.fleet is not None
        levels = (np.arange(N_LEVELS) + 0.5) / N_LEVELS
        rng = np.random.default_rng(0)
        draws = np.stack([member.quantile(rng.permutation(levels)) for member in self.members], axis=2)
        flat = self.fleet.value(draws.reshape(-1, len(self.members)))
        return np.sort(flat.reshape(len(self.codes), N_LEVELS), axis=1)

    @property
    def mean(self) -> Floats:
        """``[n]``; expected value of one measurement."""
        return np.asarray(self._simulated.mean(axis=1))

    @property
    def std(self) -> Floats:
        """``[n]``; standard deviation of one measurement."""
        return np.asarray(self._simulated.std(axis=1))

    def _quantiles(self, levels: Floats) -> Floats:
        return np.asarray(np.quantile(self._simulated, levels, axis=1).T)

    def sample(self, *, seed: int, repeat: int | Sequence[int] | Ints = 0) -> Floats:
        """``[n]``; one simulated measurement on every device, combined: the draws of the devices alone."""
        assert self.fleet is not None
        draws = [member.sample(seed=seed, repeat=repeat) for member in self.members]
        return self.fleet.value(np.stack(draws, axis=1))
