"""A space in pymoo's terms: a problem of integer variables, and operators for choice indices."""

from typing import Any

import numpy as np
from pymoo.core.duplicate import DuplicateElimination
from pymoo.core.mutation import Mutation
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.core.repair import Repair
from pymoo.core.sampling import Sampling
from pymoo.operators.crossover.ux import UniformCrossover

from hwbench_mo.spaces import Space
from hwbench_mo.typing import Bools, Codes


def problem_of(space: Space, n_objectives: int) -> Problem:
    """pymoo's problem of the choice indices of a space; it evaluates nothing."""
    return Problem(n_var=space.n_genes, n_obj=n_objectives, xl=0, xu=space.n_choices - 1, vtype=int)


class SpaceSampling(Sampling):  # type: ignore[misc]
    """Initial architectures, as the space draws them."""

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.space = space

    def _do(self, problem: Any, n_samples: int, *args: Any, random_state: Any = None, **kwargs: Any) -> Codes:
        return self.space.sample(n_samples, random_state)


class RandomReset(Mutation):  # type: ignore[misc]
    """Each gene takes another of its choices with probability 1/d.

    pymoo's own operators suit no gene of three choices: polynomial mutation at eta 20 rounds back to the same index,
    and choice mutation changes a third of all genes.
    """

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.n_choices = space.n_choices

    def _do(self, problem: Any, X: Codes, *args: Any, random_state: Any = None, **kwargs: Any) -> Codes:
        mutated = random_state.random(X.shape) < 1 / X.shape[1]
        step = 1 + (random_state.random(X.shape) * (self.n_choices - 1)).astype(np.int64)
        # A gene of one choice has step 1 and comes back to itself.
        return np.where(mutated, (X + step) % self.n_choices, X)


class WithinSpace(Repair):  # type: ignore[misc]
    """Architectures of the space, in canonical form, so that duplicates are recognised.

    Where a space holds some architectures alone, what a child becomes is none of the population.
    """

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.space = space

    def _do(self, problem: Any, X: Codes, algorithm: Any = None, **kwargs: Any) -> Codes:
        population: Any = getattr(algorithm, "pop", None)  # none, or empty, before the first generation
        first = population is None or len(population) == 0
        return self.space.repair(X, avoid=None if first else population.get("X"))


class EqualCodes(DuplicateElimination):  # type: ignore[misc]
    """Duplicates are equal rows; a hash finds them faster than pymoo's matrix of distances does."""

    def _do(self, pop: Population, other: Population | None, is_duplicate: Bools) -> Bools:
        seen = set() if other is None else {code.tobytes() for code in other.get("X")}
        for row, code in enumerate(pop.get("X")):
            key = code.tobytes()
            is_duplicate[row] = key in seen
            seen.add(key)
        return is_duplicate


def genetic_operators(space: Space) -> dict[str, Any]:
    """Fresh operators for a genetic algorithm on codes: pymoo's defaults are shared between instances."""
    return {
        "sampling": SpaceSampling(space),
        "crossover": UniformCrossover(),
        "mutation": RandomReset(space),
        "repair": WithinSpace(space),
        "eliminate_duplicates": EqualCodes(),
    }
