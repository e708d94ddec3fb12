"""MO-REA: regularized evolution with non-dominated ranks, by Syne Tune."""

from contextlib import nullcontext
from typing import ClassVar

import numpy as np

from hwbench_mo import Problem
from hwbench_mo.checks import check_count
from hwbench_mo.typing import Codes, Values
from optimizers.libraries.syne_tune import SYNE_TUNE
from optimizers.shared import Library


class MOREA:
    """Regularized evolution (Real, Aggarwal, Huang & Le, 2019), with the multi-objective ranks of Syne Tune.

    The oldest member of the population leaves; a child mutates one gene of the best of ``sample_size`` members. Members
    are ranked by non-dominated sorting, and within a front by an epsilon-net (Salinas, Perrone, Cruchant & Archambeau,
    2021).

    Differs from Syne Tune's in its ranks, where Syne Tune uses a sort order, so that dominated parents are preferred
    (``as_published`` keeps that); in its random numbers, which follow the seed; and in that no architecture is proposed
    twice: Syne Tune is asked again if it suggests what was evaluated before.

    Parameters
    ----------
    problem
        What is searched.
    seed
        Of everything random.
    population_size
        How many of the latest evaluations are the population; as many random architectures come first.
    sample_size
        How many members compete to be the parent.
    priority
        ``ranks``, or ``as_published`` for what Syne Tune does.
    """

    library: ClassVar[Library | None] = SYNE_TUNE
    paper: ClassVar[str] = "Real, Aggarwal, Huang & Le, 2019"
    kind: ClassVar[str] = "population"
    batch_size: ClassVar[int] = 1

    def __init__(
        self, problem: Problem, *, seed: int, population_size: int = 100, sample_size: int = 10, priority: str = "ranks"
    ) -> None:
        check_count("population_size", population_size)
        check_count("sample_size", sample_size)
        SYNE_TUNE.need("morea")
        from optimizers.libraries.syne_tune.evolution import Evolution
        from optimizers.libraries.syne_tune.priorities import priority_named
        from optimizers.libraries.syne_tune.proposals import Proposals
        from optimizers.libraries.syne_tune.random_stream import RandomStream, seed_of

        self._proposals = Proposals(problem.space, seed)
        self._stream = RandomStream(seed)
        self._searcher = (
            Evolution(
                self._proposals.config_space,
                population_size=population_size,
                sample_size=sample_size,
                multiobjective_priority=priority_named(priority),
                random_seed=seed_of(seed),
            )
            if problem.space.size > 1
            else None  # Syne Tune refuses a space without a choice
        )
        self._n_told = 0

    def ask(self, n: int, /) -> Codes:
        if self._searcher is None:
            return self._proposals.random()[:n]
        proposals = [self._proposals.none]
        # After the first population Syne Tune draws from a generator of its own; taking on a state takes 0.1 ms.
        is_full = len(self._searcher.population) >= self._searcher.population_size
        with nullcontext() if is_full else self._stream.as_global():
            for _ in range(n):
                proposals.append(self._proposals.new(self._searcher.suggest))
                if not len(proposals[-1]):
                    break
        return np.concatenate(proposals)

    def tell(self, codes: Codes, values: Values, /) -> None:
        if self._searcher is None:
            return
        for code, value in zip(codes, values, strict=True):
            self._searcher.on_trial_complete(self._n_told, self._proposals.config(code), value.tolist())
            self._n_told += 1
