"""MOTPE: choices that are frequent among the good and rare among the others, by Optuna."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from hwbench_mo import Problem
from hwbench_mo.checks import check_count, check_flag
from hwbench_mo.typing import Codes, Values
from optimizers.libraries.optuna import OPTUNA
from optimizers.shared import ATTEMPTS, History, Library


class MOTPE:
    """Multi-objective tree-structured Parzen estimator (Ozaki, Tanigaki, Watanabe & Onishi, 2020), in Optuna.

    Differs from Optuna's sampler, which suggests the same architecture again and again once it likes it, in that none
    is proposed twice: a random neighbour takes its place. Optuna is told the canonical form of what was evaluated, in
    which the genes of absent layers are 0. Differs from Optuna's defaults in that genes are drawn together. Choices
    have no order. With one objective it is TPE (Bergstra, Bardenet, Bengio & Kégl, 2011).

    Parameters
    ----------
    problem
        What is searched.
    seed
        Of everything random.
    n_startup_trials
        Random architectures before the model is used.
    n_ei_candidates
        Draws from the model of the good, the best of which is suggested.
    multivariate
        Whether genes are drawn together from one past architecture, or each by itself.
    constant_liar
        Whether architectures under evaluation count as bad, so that parallel proposals differ.
    """

    library: ClassVar[Library | None] = OPTUNA
    paper: ClassVar[str] = "Ozaki, Tanigaki, Watanabe & Onishi, 2020"
    kind: ClassVar[str] = "model-based"
    batch_size: ClassVar[int] = 1

    def __init__(
        self,
        problem: Problem,
        *,
        seed: int,
        n_startup_trials: int = 10,
        n_ei_candidates: int = 24,
        multivariate: bool = True,
        constant_liar: bool = True,
    ) -> None:
        check_count("n_startup_trials", n_startup_trials)
        check_count("n_ei_candidates", n_ei_candidates)
        check_flag("multivariate", multivariate)
        check_flag("constant_liar", constant_liar)
        OPTUNA.need("motpe")
        from optimizers.libraries.optuna.sampler import CachedTPESampler
        from optimizers.libraries.optuna.study import Study

        sampler = CachedTPESampler(
            seed=seed % 2**32,
            n_startup_trials=n_startup_trials,
            n_ei_candidates=n_ei_candidates,
            multivariate=multivariate,
            constant_liar=constant_liar,
        )
        self._study = Study(problem.space, len(problem.objectives), sampler=sampler, n_startup_trials=n_startup_trials)
        self._space = problem.space
        self._rng = np.random.default_rng(seed)
        self._history = History()
        self._number: dict[bytes, int] = {}

    def ask(self, n: int, /) -> Codes:
        proposals = [self._propose() for _ in range(n)]
        return np.concatenate([self._space.sample(0, self._rng), *proposals])

    def _propose(self) -> Codes:
        """A new code ``[1, d]``; none ``[0, d]`` if the space is exhausted."""
        if len(self._history) >= self._space.size:
            return self._space.sample(0, self._rng)
        number, suggested = self._study.ask()
        proposal = self._history.first_new(self._draws(self._space.repair(suggested)))
        if not len(proposal):
            self._study.drop(number)
            return proposal
        if (proposal != suggested).any():
            number = self._study.replace(number, proposal[0])
        self._number[proposal.tobytes()] = number
        return proposal

    def _draws(self, code: Codes) -> Iterator[Codes]:
        """A suggestion ``[1, d]``, then random neighbours of it, and after that random architectures."""
        yield code
        for _ in range(ATTEMPTS):
            yield self._space.random_neighbours(code, self._rng)
        for _ in range(ATTEMPTS):
            yield self._space.sample(1, self._rng)

    def tell_constrained(self, codes: Codes, values: Values, violations: Values, /) -> None:
        """As ``tell``, with the violations ``[n, c]`` of the problem's constraints: infeasible trials count as bad."""
        self._study.constrain([self._number[code.tobytes()] for code in codes], violations)
        self.tell(codes, values)

    def tell(self, codes: Codes, values: Values, /) -> None:
        self._study.tell([self._number[code.tobytes()] for code in codes], values)
