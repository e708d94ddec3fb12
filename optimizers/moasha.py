"""MO-ASHA: few repeats for many, more for those that rank well among their like, by Syne Tune."""

from collections import deque
from typing import Any, ClassVar

import numpy as np

from hwbench_mo import InputError, Problem
from hwbench_mo.checks import MOST_REPEATS, check_count
from hwbench_mo.typing import Codes, Ints, Values
from optimizers.shared.library import need

AHEAD = 64
"""Trials that are started at once: what they are does not depend on results."""


class MOASHA:
    """Multi-objective asynchronous successive halving (Schmucker, Donini, Zafar, Salinas & Archambeau, 2021).

    The resource is how often a measurement is repeated. A random architecture is measured ``grace_period`` times; the
    best of those measured as often go on to ``reduction_factor`` times as many, and so on up to ``max_t``. An
    architecture that goes on is proposed again, as the next one, and only its additional repeats cost time.

    Differs from Syne Tune's in its priority, which takes an order for ranks there, so that those that dominate all
    others are stopped (``as_published`` keeps that); in its random numbers, which follow the seed; and in that no
    architecture is started twice.

    Parameters
    ----------
    problem
        What is searched; with ``noise=sample`` few repeats are noisy, without it they are only cheap.
    seed
        Of everything random.
    max_t
        The most repeats of a measurement, up to 10.
    grace_period
        The least.
    reduction_factor
        One in so many goes on.
    brackets
        How many ladders of rungs there are, each of which begins one rung higher.
    priority
        ``ranks``, or ``as_published`` for what Syne Tune does.
    """

    kind: ClassVar[str] = "multi-fidelity"
    proposes: ClassVar[str] = "any number"

    def __init__(
        self,
        problem: Problem,
        *,
        seed: int,
        max_t: int = MOST_REPEATS,
        grace_period: int = 1,
        reduction_factor: int = 3,
        brackets: int = 1,
        priority: str = "ranks",
    ) -> None:
        for name, value in (("max_t", max_t), ("grace_period", grace_period), ("brackets", brackets)):
            check_count(name, value)
        check_count("reduction_factor", reduction_factor)
        if reduction_factor == 1:
            raise InputError("reduction_factor is 1, but MO-ASHA needs at least 2")
        if max_t > MOST_REPEATS:
            raise InputError(f"max_t is {max_t}, but a measurement is repeated at most {MOST_REPEATS} times")
        if grace_period > max_t:
            raise InputError(f"grace_period is {grace_period}, but must be at most max_t, {max_t}")
        n_rungs = 1 + sum(grace_period * reduction_factor**k <= max_t for k in range(1, max_t))
        if brackets > n_rungs:
            raise InputError(f"brackets is {brackets}, but {grace_period} to {max_t} repeats have {n_rungs} rungs")
        need("syne_tune", optimizer="moasha", library="Syne Tune", extra="syne-tune")
        from optimizers.libraries.syne_tune.moasha import Trials
        from optimizers.libraries.syne_tune.priorities import priority_named
        from optimizers.libraries.syne_tune.proposals import Proposals
        from optimizers.libraries.syne_tune.stream import Stream, seed_of

        self._proposals = Proposals(problem.space, seed)
        self._stream = Stream(seed)
        self._trials: Any = Trials(
            self._proposals,
            n_objectives=len(problem.objectives),
            max_t=max_t,
            grace_period=grace_period,
            reduction_factor=reduction_factor,
            brackets=brackets,
            multiobjective_priority=priority_named(priority),
            random_seed=seed_of(seed),
        )
        self._going_on: deque[Codes] = deque()
        self._started: deque[Codes] = deque()

    def ask(self, n: int, /) -> Codes:
        n_going_on = min(n, len(self._going_on))
        proposals = [self._proposals.none, *(self._going_on.popleft()[None] for _ in range(n_going_on))]
        self._start(n - n_going_on)
        proposals += [self._started.popleft() for _ in range(min(n - n_going_on, len(self._started)))]
        return np.concatenate(proposals)

    def _start(self, n: int) -> None:
        """Have ``n`` new trials, if there are so many; some ahead, because borrowing the generator takes long."""
        if n <= len(self._started):
            return
        with self._stream.lent():
            for _ in range(max(n, AHEAD) - len(self._started)):
                new = self._trials.start()
                if not len(new):
                    break
                self._started.append(new)

    def repeats(self, codes: Codes, /) -> Ints:
        """``[n]``; how many repeats each proposed code has, in all, when it is told."""
        return np.array([self._trials.repeats[code.tobytes()] for code in codes], dtype=np.int64)

    def tell(self, codes: Codes, values: Values, /) -> None:
        for code, value in zip(codes, values, strict=True):
            if self._trials.goes_on(code, value):
                self._going_on.append(code.copy())
