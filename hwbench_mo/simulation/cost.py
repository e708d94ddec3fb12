"""How long an evaluation takes: what measuring the architecture would."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.problems import Problem
from hwbench_mo.targets import MEMORY, QUALITY, Target
from hwbench_mo.typing import Codes, Floats, Ints, Values

MEMORY_DEVICES = {"memory_bfloat16": "a100", "memory_float16": "rtx2080"}
"""Where memory was measured."""
SUPERNET = "flops"
"""What decides how long the supernet takes; the devices' latencies decide the rest."""


@dataclass(frozen=True, kw_only=True)
class CostModel:
    """Simulated seconds of one evaluation on one worker.

    Perplexity and accuracy come from passes of the supernet over the validation set. On each device that an objective
    names, the architecture is set up and run; latency and energy are read off the same runs. Parameters, MACs and FLOPs
    are computed, which is free. Each of the repeats that a measurement averages is one forward pass on each device and
    a tenth of the passes over the validation set.

    Parameters
    ----------
    setup
        Seconds to set an architecture up, on the supernet and on each device.
    repeats
        Repeats of a measurement without noise, whose value is the centre. With noise, the problem says.
    passes
        Forward passes over the validation set in ten repeats, of the batch that MACs and FLOPs count.
    flops_per_second
        Speed of the supernet's worker; the default is a third of an A100's peak in bfloat16.
    decoupled
        Whether supernet and devices measure at the same time, so that an evaluation takes as long as the longest of
        them instead of their sum. `simulate` then tells parts of an evaluation: see `Optimizer`.
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
        return self._seconds(*self._runs(problem, codes, repeats, done))

    def needs(self, problem: Problem) -> tuple[str, ...]:
        """Targets whose values decide the cost."""
        return _plan(problem.objectives)[0]

    def seconds_of(self, problem: Problem, answers: Values) -> Floats:
        """``[n]``; `seconds` from what the benchmark says of the targets that it `needs`, ``[n, k]``."""
        return self._seconds(self._scaled(problem, answers, self.default_repeats(problem)), self.setup)

    def _seconds(self, runs: Values, setup: Floats | float) -> Floats:
        n, n_places = runs.shape
        if self.decoupled:
            return np.asarray(setup * bool(n_places) + runs.max(axis=1, initial=0.0))
        total: Floats = np.zeros(n) + setup * n_places
        for column in range(n_places):
            total += runs[:, column]
        return total

    def seconds_by_objective(
        self, problem: Problem, codes: Codes, *, repeats: int | Ints | None = None, done: int | Ints = 0
    ) -> Values:
        """``[n, m]``; simulated seconds that each objective takes if it waits for no other.

        Objectives of one device, or of the supernet, are read off the same runs and take the same. What is computed
        takes 0. With ``decoupled``, `seconds` is the greatest of a row.
        """
        runs, setup = self._runs(problem, codes, repeats, done)
        by_place = np.zeros((len(codes), runs.shape[1] + 1))  # the last place is none, where everything is free
        by_place[:, :-1] = (setup + runs.T).T
        return by_place[:, list(_plan(problem.objectives)[1])]

    def default_repeats(self, problem: Problem) -> int:
        """Repeats of an evaluation, where the optimizer does not set them."""
        return self.repeats if problem.noise == "none" else problem.repeats

    def _runs(
        self, problem: Problem, codes: Codes, repeats: int | Ints | None, done: int | Ints
    ) -> tuple[Values, Floats | float]:
        """Seconds that each place runs, ``[n, k]``, and that setting one of them up takes, one number or ``[n]``."""
        names, _ = _plan(problem.objectives)
        if repeats is None:
            repeats = self.default_repeats(problem)
        more = np.maximum(np.subtract(repeats, done), 0)
        answers = _evaluator(problem, names)(codes) if names else np.empty((len(codes), 0))
        return self._scaled(problem, answers, more), self.setup * np.equal(done, 0)

    def _scaled(self, problem: Problem, answers: Values, repeats: int | Ints) -> Values:
        """Seconds that so many repeats run at each place ``[n, k]``, from the targets that decide them."""
        runs = np.empty(answers.shape)
        for column, name in enumerate(self.needs(problem)):
            if name == SUPERNET:
                runs[:, column] = repeats / 10 * self.passes * answers[:, column] / self.flops_per_second
            else:
                runs[:, column] = repeats * answers[:, column] / 1000
        return runs


@lru_cache(maxsize=256)
def _plan(objectives: Sequence[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Targets whose values decide the cost, one a place that measures (devices, then the supernet); and of each
    objective the place, -1 where it is free."""
    targets = [Target.parse(name) for name in objectives]
    places = [_place(target) for target in targets]
    devices = sorted({place for place in places if place not in (None, SUPERNET)})
    measuring = [*devices, *[SUPERNET] * (SUPERNET in places)]
    names = tuple(place if place == SUPERNET else f"latency@{place}" for place in measuring)
    return names, tuple(-1 if place is None else measuring.index(place) for place in places)


def _place(target: Target) -> str | None:
    """Where a target is measured: a device, the supernet, or nowhere."""
    if target.metric in QUALITY:
        return SUPERNET
    return MEMORY_DEVICES[target.metric] if target.metric in MEMORY else target.device


@lru_cache(maxsize=64)
def _evaluator(problem: Problem, names: tuple[str, ...]) -> Callable[[Codes], Values]:
    return problem.benchmark.evaluator(names)
