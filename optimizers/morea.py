"""MO-REA: regularized evolution with non-dominated ranks, by Syne Tune."""

from contextlib import nullcontext
from typing import ClassVar

import numpy as np

from hwbench_mo import Problem
from hwbench_mo.checks import check_count
from hwbench_mo.typing import Codes, Values
from optimizers.shared.library import need


class MOREA:
    """Regularized evolution (Real, Aggarwal, Huang & Le, 2019), with the multi-objective ranks of Syne Tune.

    The oldest member of the population leaves; a child mutates one gene of the best of ``sample_size`` members. Best is
    who comes first in non-dominated sorting with an epsilon-net within each front (Salinas, Perrone, Cruchant &
    Archambeau, 2021).

    Differs from Syne Tune's in its priority, which takes an order for ranks there, so that dominated parents are
    preferred (``as_published`` keeps that); in its random numbers, which follow the seed; and in that no architecture
    is proposed twice: a suggestion that was evaluated before is made anew.

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

    kind: ClassVar[str] = "population"
    proposes: ClassVar[str] = "any number"

    def __init__(
        self, problem: Problem, *, seed: int, population_size: int = 100, sample_size: int = 10, priority: str = "ranks"
    ) -> None:
        check_count("population_size", population_size)
        check_count("sample_size", sample_size)
        need("syne_tune", optimizer="morea", library="Syne Tune", extra="syne-tune")
        from optimizers.libraries.syne_tune.morea import evolution
        from optimizers.libraries.syne_tune.priorities import priority_named
        from optimizers.libraries.syne_tune.proposals import Proposals
        from optimizers.libraries.syne_tune.stream import Stream, seed_of

        self._proposals = Proposals(problem.space, seed)
        self._stream = Stream(seed)
        self._searcher = (
            evolution(
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
        # Beyond the first population Syne Tune draws from a generator of its own, and lending takes 0.1 ms.
        is_full = len(self._searcher.population) >= self._searcher.population_size
        with nullcontext() if is_full else self._stream.lent():
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
