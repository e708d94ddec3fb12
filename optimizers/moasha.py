"""MO-ASHA: few repeats for many, more for those that rank well at the same repeats, by Syne Tune."""

from collections import deque
from typing import ClassVar

import numpy as np

from hwbench_mo import InputError, Problem
from hwbench_mo.checks import MOST_REPEATS, check_count
from hwbench_mo.typing import Codes, Ints, Values
from optimizers.libraries.syne_tune import SYNE_TUNE
from optimizers.shared import Library

AHEAD = 64
"""Trials that are started at once; they are random, and do not depend on results."""


class MOASHA:
    """Multi-objective asynchronous successive halving (Schmucker, Donini, Zafar, Salinas & Archambeau, 2021).

    The resource is how often a measurement is repeated. A random architecture is measured ``grace_period`` times; the
    best one in ``reduction_factor`` of those measured as often continue to ``reduction_factor`` times as many repeats,
    and so on up to ``max_t``. An architecture that continues is proposed again before new ones, and only its additional
    repeats cost time.

    Differs from Syne Tune's in its ranks, where Syne Tune uses a sort order, so that architectures that dominate all
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
        One in so many continues.
    brackets
        How many brackets there are, each of which begins one rung higher.
    priority
        ``ranks``, or ``as_published`` for what Syne Tune does.
    """

    library: ClassVar[Library | None] = SYNE_TUNE
    paper: ClassVar[str] = "Schmucker, Donini, Zafar, Salinas & Archambeau, 2021"
    kind: ClassVar[str] = "multi-fidelity"
    batch_size: ClassVar[int] = 1

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
        check_count("reduction_factor", reduction_factor, least=2)
        if max_t > MOST_REPEATS:
            raise InputError(f"max_t is {max_t}, but a measurement is repeated at most {MOST_REPEATS} times")
        if grace_period > max_t:
            raise InputError(f"grace_period is {grace_period}, but must be at most max_t, {max_t}")
        n_rungs = 1 + sum(grace_period * reduction_factor**k <= max_t for k in range(1, max_t))
        if brackets > n_rungs:
            raise InputError(f"brackets is {brackets}, but {grace_period} to {max_t} repeats have {n_rungs} rungs")
        SYNE_TUNE.need("moasha")
        from optimizers.libraries.syne_tune.priorities import priority_named
        from optimizers.libraries.syne_tune.proposals import Proposals
        from optimizers.libraries.syne_tune.random_stream import RandomStream, seed_of
        from optimizers.libraries.syne_tune.trials import Trials

        self._proposals = Proposals(problem.space, seed)
        self._stream = RandomStream(seed)
        self._trials = Trials(
            self._proposals,
            n_objectives=len(problem.objectives),
            max_t=max_t,
            grace_period=grace_period,
            reduction_factor=reduction_factor,
            brackets=brackets,
            multiobjective_priority=priority_named(priority),
            random_seed=seed_of(seed),
        )
        self._continued: deque[Codes] = deque()
        self._started: deque[Codes] = deque()

    def ask(self, n: int, /) -> Codes:
        n_continued = min(n, len(self._continued))
        proposals = [self._proposals.none, *(self._continued.popleft()[None] for _ in range(n_continued))]
        self._start(n - n_continued)
        proposals += [self._started.popleft() for _ in range(min(n - n_continued, len(self._started)))]
        return np.concatenate(proposals)

    def _start(self, n: int) -> None:
        """Start trials until ``n`` wait to be asked for; more ahead, because taking on a state takes 0.1 ms."""
        if n <= len(self._started):
            return
        with self._stream.as_global():
            for _ in range(max(n, AHEAD) - len(self._started)):
                new = self._trials.start()
                if not len(new):
                    break
                self._started.append(new)

    def repeats(self, codes: Codes, /) -> Ints:
        """``[n]``; how many repeats in all each proposed code has when it is told."""
        return np.array([self._trials.repeats[code.tobytes()] for code in codes], dtype=np.int64)

    def tell(self, codes: Codes, values: Values, /) -> None:
        for code, value in zip(codes, values, strict=True):
            if self._trials.tell(code, value):
                self._continued.append(code.copy())
