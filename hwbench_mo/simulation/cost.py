"""How long an evaluation takes: what measuring the architecture would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Protocol, runtime_checkable

import numpy as np

from hwbench_mo.benchmark import Metric
from hwbench_mo.errors import InputError
from hwbench_mo.problems import Problem
from hwbench_mo.targets import MEMORY, QUALITY, Target
from hwbench_mo.typing import Codes, Floats, Ints, Values

MEMORY_DEVICES = {"memory_bfloat16": "a100", "memory_float16": "rtx2080"}
"""Where memory was measured."""
SUPERNET = "flops"
"""What decides how long the supernet takes; the devices' latencies decide the rest."""


@dataclass(frozen=True, eq=False)
class Durations:
    """Simulated seconds of n evaluations, place by place: a place is a device, or the supernet.

    Parameters
    ----------
    runs
        ``[n, k]``; seconds that each of k places runs.
    setup
        Seconds to set up any place, one number or ``[n]``.
    places
        Of each objective the places that measure it: one, or those of a fleet; -1 where it is free.
    decoupled
        Whether the places measure at the same time, instead of one after the other.
    computed
        ``[n, o]``; seconds that each of o places takes which are not set up: metrics of one's own are computed there.
        They are numbered after the k others.
    """

    runs: Values
    setup: Floats | float
    places: tuple[tuple[int, ...], ...]
    decoupled: bool
    computed: Values | None = None

    @property
    def _computed(self) -> Values:
        return np.zeros((len(self.runs), 0)) if self.computed is None else self.computed

    @property
    def whole(self) -> Floats:
        """``[n]``; seconds of each evaluation."""
        n, n_places = self.runs.shape
        if self.decoupled:
            measured = self.setup * bool(n_places) + self.runs.max(axis=1, initial=0.0)
            return np.asarray(np.maximum(measured, self._computed.max(axis=1, initial=0.0)))
        total: Floats = np.zeros(n) + self.setup * n_places
        for column in (*self.runs.T, *self._computed.T):
            total += column
        return total

    @property
    def by_objective(self) -> Values:
        """``[n, m]``; seconds that each objective takes if it waits for no other.

        Objectives of one place are read off the same runs and take the same. What is computed takes 0.
        """
        # The last place is none: everything is free.
        by_place = np.column_stack([(self.setup + self.runs.T).T, self._computed, np.zeros(len(self.runs))])
        return np.stack([by_place[:, list(own)].max(axis=1) for own in self.places], axis=1)


@runtime_checkable
class Cost(Protocol):
    """What `simulate` needs of a cost. `CostModel` is one; it can be inherited from to change `durations` alone."""

    @property
    def decoupled(self) -> bool:
        """Whether parts of an evaluation are known before the whole."""
        ...

    def default_repeats(self, problem: Problem, /) -> int:
        """Repeats of an evaluation, where the optimizer does not set them."""
        ...

    def targets(self, problem: Problem, /) -> tuple[str, ...]:
        """Names of the targets whose noise-free values decide the cost."""
        ...

    def durations(
        self, problem: Problem, codes: Codes, answers: Values, /, *, repeats: Ints | int, done: Ints | int
    ) -> Durations:
        """Of evaluations of valid codes ``[n, d]``.

        Parameters
        ----------
        answers
            ``[n, k]``; the noise-free values of `targets`.
        repeats
            How many repeats each has in the end.
        done
            How many of them an earlier evaluation took: such a measurement goes on, and is not set up again.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class CostModel:
    """Simulated seconds of one evaluation on one worker.

    Perplexity and accuracy come from passes of the supernet over the validation set. On each device that an objective
    or a constraint names, the architecture is set up and run; latency, energy and peak memory are read off the same
    runs. Parameters, MACs and FLOPs are computed, which is free. A metric of one's own takes its own cost, whatever
    the repeats. Each of the repeats that a measurement averages is one
    forward pass on each device and a tenth of the passes over the validation set.

    Parameters
    ----------
    setup
        Seconds to set an architecture up, on the supernet and on each device.
    repeats
        Repeats that a noise-free value costs. With noise, the problem says.
    passes
        Forward passes over the validation set in ten repeats, of the batch that MACs and FLOPs count.
    flops_per_second
        Speed of the supernet's worker; the default is a third of an A100's peak in bfloat16.
    decoupled
        Whether supernet and devices measure at the same time, so that an evaluation takes as long as the longest of
        them instead of their sum. `simulate` then tells parts of an evaluation: see `HearsParts`.
    """

    setup: float = 10.0
    repeats: int = 10
    passes: int = 1000
    flops_per_second: float = 1e14
    decoupled: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not np.isfinite(value) or value < 0 or (field.name == "flops_per_second" and value == 0):
                raise InputError(f"cost.{field.name} is {value}, but must be a finite number from 0")

    def seconds(
        self, problem: Problem, codes: Codes, *, repeats: int | Ints | None = None, done: int | Ints = 0
    ) -> Floats:
        """``[n]``; simulated seconds of each evaluation.

        Parameters
        ----------
        repeats
            How many repeats each has in the end, one number or ``[n]``; by default `default_repeats`.
        done
            How many of them an earlier evaluation took: such a measurement goes on, and is not set up again.
        """
        return self._durations(problem, codes, repeats, done).whole

    def seconds_by_objective(
        self, problem: Problem, codes: Codes, *, repeats: int | Ints | None = None, done: int | Ints = 0
    ) -> Values:
        """``[n, m]``; simulated seconds that each objective takes if it waits for no other.

        Objectives of one device, or of the supernet, are read off the same runs and take the same. What is computed
        takes 0. With ``decoupled``, `seconds` is the greatest of a row.
        """
        return self._durations(problem, codes, repeats, done).by_objective

    def _durations(self, problem: Problem, codes: Codes, repeats: int | Ints | None, done: int | Ints) -> Durations:
        codes, names = problem.space.validate(codes), self.targets(problem)
        answers = problem.benchmark.kernel(names)(codes) if names else np.empty((len(codes), 0))
        count = self.default_repeats(problem) if repeats is None else repeats
        return self.durations(problem, codes, answers, repeats=count, done=done)

    def default_repeats(self, problem: Problem, /) -> int:
        """Repeats of an evaluation, where the optimizer does not set them."""
        return self.repeats if problem is problem.noise_free else problem.repeats

    def targets(self, problem: Problem, /) -> tuple[str, ...]:
        """Names of the targets whose noise-free values decide the cost.

        Raises
        ------
        InputError
            If the latency of a device, on which an objective or a constraint is measured, is not known.
        """
        names = places_of((*problem.objectives, *problem.constraints))[0]
        for name in names:
            if name not in problem.benchmark.targets:
                raise InputError(
                    f"what an evaluation of {problem.name} takes is not known: that is {name} for each repeat, which "
                    f"{problem.space.name!r} lacks; measure it too, or give a cost of your own"
                )
        return names

    def durations(
        self, problem: Problem, codes: Codes, answers: Values, /, *, repeats: Ints | int, done: Ints | int
    ) -> Durations:
        """Of evaluations; see `Cost.durations`."""
        names, places = places_of((*problem.objectives, *problem.constraints))
        more = np.maximum(np.subtract(repeats, done), 0)
        runs = np.empty(answers.shape)
        for column, name in enumerate(names):
            if name == SUPERNET:
                runs[:, column] = more / 10 * self.passes * answers[:, column] / self.flops_per_second
            else:
                runs[:, column] = more * answers[:, column] / 1000
        first, of_objectives = np.equal(done, 0), list(places[: len(problem.objectives)])
        known: Mapping[str, Metric] = getattr(problem.benchmark, "metrics", {})
        own = [name for name in dict.fromkeys((*problem.objectives, *problem.constraints)) if name in known]
        computed = np.zeros((len(codes), len(own)))
        for column, name in enumerate(own):
            computed[:, column] = known[name].cost * first
            if name in problem.objectives:
                of_objectives[problem.objectives.index(name)] = (len(names) + column,)
        return Durations(runs, self.setup * first, tuple(of_objectives), self.decoupled, computed)


@lru_cache(maxsize=256)
def places_of(objectives: Sequence[str]) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """Targets whose values decide the cost, one a place that measures (devices, then the supernet); and of each
    objective its places, -1 where it is free.

    >>> places_of(("perplexity", "latency@h100", "params"))
    (('latency@h100', 'flops'), ((1,), (0,), (-1,)))
    """
    places = [[_place(part) for part in Target.parse(name).parts] for name in objectives]
    every = {place for own in places for place in own}
    measuring = [*sorted(place for place in every if place not in (None, SUPERNET)), *[SUPERNET] * (SUPERNET in every)]
    names = tuple(place if place == SUPERNET else f"latency@{place}" for place in measuring if place)
    return names, tuple(tuple(-1 if place is None else measuring.index(place) for place in own) for own in places)


def _place(target: Target) -> str | None:
    """Where a target is measured: a device, the supernet, or nowhere."""
    if target.metric in QUALITY:
        return SUPERNET
    return MEMORY_DEVICES[target.metric] if target.metric in MEMORY else target.device
