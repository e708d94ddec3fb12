"""What the adapters of pymoo share: operators for choice indices, and ask and tell in any order."""

from typing import Any

import numpy as np
from pymoo.core.algorithm import Algorithm
from pymoo.core.duplicate import DuplicateElimination
from pymoo.core.evaluator import Evaluator
from pymoo.core.mutation import Mutation
from pymoo.core.population import Population
from pymoo.core.problem import Problem as PymooProblem
from pymoo.core.repair import Repair
from pymoo.core.sampling import Sampling
from pymoo.core.termination import NoTermination
from pymoo.operators.crossover.ux import UniformCrossover
from pymoo.problems.static import StaticProblem

from hwbench_mo import Problem
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Bools, Codes, Values


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


class PymooOptimizer:
    """Runs a pymoo algorithm generation by generation, however few are asked for or told at a time."""

    def __init__(self, problem: Problem, algorithm: Algorithm, *, seed: int, batch_size: int) -> None:
        space = problem.space
        self.batch_size = batch_size
        self._problem = PymooProblem(
            n_var=space.n_genes, n_obj=len(problem.objectives), xl=0, xu=space.n_choices - 1, vtype=int
        )
        self._algorithm = algorithm
        algorithm.setup(self._problem, termination=NoTermination(), seed=seed)
        self._generation: Population | None = None
        self._n_asked = self._n_told = 0

    def ask(self, n: int, /) -> Codes:
        if self._generation is None:
            self._generation = self._algorithm.ask()
            self._n_asked = self._n_told = 0
            if self._generation is None or len(self._generation) == 0:
                self._generation = None
                return np.empty((0, self._problem.n_var), dtype=np.int64)
            self._codes: Codes = self._generation.get("X").astype(np.int64)
            self._values: Values = np.empty((len(self._codes), self._problem.n_obj))
            self._row = {code.tobytes(): row for row, code in enumerate(self._codes)}
        asked = self._codes[self._n_asked : self._n_asked + n]
        self._n_asked += len(asked)
        return asked

    def tell(self, codes: Codes, values: Values, /) -> None:
        rows = [self._row[code.tobytes()] for code in codes]
        self._values[rows] = values
        self._n_told += len(rows)
        if self._generation is not None and self._n_told == len(self._generation):
            Evaluator().eval(StaticProblem(self._problem, F=self._values), self._generation)
            self._algorithm.tell(infills=self._generation)
            self._generation = None
