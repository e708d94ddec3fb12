"""pymoo's MOEA/D without duplicates, also in spaces of fewer architectures than directions."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from pymoo.algorithms.moo import moead
from pymoo.core.initialization import Initialization
from pymoo.core.mating import Mating
from pymoo.core.population import Population

from hwbench_mo.adapters.pymoo import RandomReset, genetic_operators
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes
from optimizers.shared import ATTEMPTS, DRAWS, History


class MOEADWithoutDuplicates(moead.MOEAD):  # type: ignore[misc]
    """pymoo's MOEA/D, which proposes no architecture twice, and gives each direction a member however few there are."""

    def __init__(self, space: Space, directions: Any, n_neighbors: int) -> None:
        operators = genetic_operators(space)
        distinct = operators.pop("eliminate_duplicates")
        super().__init__(ref_dirs=directions, n_neighbors=n_neighbors, **operators)
        self.initialization = Initialization(operators["sampling"], operators["repair"], distinct)
        self.mating = MatingWithoutDuplicates(space, crossover=operators["crossover"])

    def infill(self) -> Population | None:
        # pymoo's infill also marks each child with its generation, which takes time and is never read.
        return self._infill() if self.is_initialized else super().infill()

    def _initialize_infill(self) -> Population:
        first = super()._initialize_infill()
        self.mating.history.add_new(first.get("X"))
        return first

    def _initialize_advance(self, infills: Population, **kwargs: Any) -> None:
        self.pop = infills[np.resize(np.arange(len(infills)), len(self.ref_dirs))]  # a member for each direction
        super()._initialize_advance(infills, **kwargs)

    def _infill(self) -> Population | None:
        child = super()._infill()
        return None if self.mating.is_exhausted else Population.create(child)

    def _advance(self, infills: Population | None = None, **kwargs: Any) -> Any:
        return super()._advance(infills=None if infills is None else infills[0], **kwargs)


class MatingWithoutDuplicates(Mating):  # type: ignore[misc]
    """A child that was never proposed, unless the space is exhausted."""

    def __init__(self, space: Space, **operators: Any) -> None:
        super().__init__(selection=None, mutation=RandomReset(space), **operators)
        self.space, self.history, self.is_exhausted = space, History(), False

    def do(
        self, problem: Any, pop: Population, n_offsprings: int, *, parents: Any, random_state: Any, **kwargs: Any
    ) -> Population:
        # pymoo's own loop until there are enough children merges populations, which takes longer than the mating.
        child = self._do(problem, pop, n_offsprings, parents=parents, random_state=random_state)[0]
        found = self.history.first_new(self._draws(problem, child.X[None], random_state))
        self.is_exhausted = not len(found)
        if not self.is_exhausted:
            child.X = found[0]
        return Population.create(child)

    def _draws(self, problem: Any, code: Codes, random_state: Any) -> Iterator[Codes]:
        """The child ``[1, d]``, then ever more mutated copies of it, then random architectures."""
        code = self.space.repair(code)
        for _ in range(ATTEMPTS):
            yield code
            code = self.space.repair(self.mutation._do(problem, code, random_state=random_state))
        yield self.space.sample(DRAWS, random_state)
