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

from hwbench_mo.adapters.genes import codes_from
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Bools, Codes


def problem_of(space: Space, n_objectives: int, n_constraints: int = 0) -> Problem:
    """pymoo's problem of the choice indices of a space. It evaluates nothing: algorithms are asked and told.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64, 128), n_layer=(1, 2), mlp_ratio=(2, 3, 4), n_head=(1,))
    >>> problem_of(space, 2).xu.tolist()
    [1.0, 1.0, 1.0, 2.0, 2.0, 0.0, 0.0]
    """
    own = {"n_obj": n_objectives, "n_ieq_constr": n_constraints}
    return Problem(n_var=space.n_genes, xl=0, xu=space.n_choices - 1, vtype=int, **own)


class SpaceSampling(Sampling):  # type: ignore[misc]
    """Initial architectures, as the space draws them."""

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.space = space

    def _do(self, problem: Any, n_samples: int, *args: Any, random_state: Any = None, **kwargs: Any) -> Codes:
        return self.space.sample(n_samples, random_state)


class RandomReset(Mutation):  # type: ignore[misc]
    """Each gene takes another of its choices with probability 1/d.

    pymoo's own operators do not suit genes of three choices: polynomial mutation at eta 20 rounds back to the same
    index, and choice mutation changes a third of all genes.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64, 128), n_layer=(1, 2), mlp_ratio=(2, 3, 4), n_head=(1,))
    >>> codes = space.sample(1000, np.random.default_rng(0))
    >>> mutated = RandomReset(space)._do(None, codes, random_state=np.random.default_rng(1))
    >>> (mutated[:, 3] != codes[:, 3]).mean() - 1 / 7 < 0.02
    np.True_
    """

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.n_choices = space.n_choices

    def _do(self, problem: Any, X: Codes, *args: Any, random_state: Any = None, **kwargs: Any) -> Codes:
        mutated = random_state.random(X.shape) < 1 / X.shape[1]
        step = 1 + (random_state.random(X.shape) * (self.n_choices - 1)).astype(np.int64)
        # The step of a gene of one choice is 1, which leads back to the same index.
        return np.where(mutated, (X + step) % self.n_choices, X)


class WithinSpace(Repair):  # type: ignore[misc]
    """Architectures of the space, in canonical form, so that duplicates are recognised.

    In a space of measured rows a child becomes the nearest row that is not in the population.
    """

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.space = space

    def _do(self, problem: Any, X: Codes, algorithm: Any = None, **kwargs: Any) -> Codes:
        population: Any = getattr(algorithm, "pop", None)  # missing or empty before the first generation
        first = population is None or len(population) == 0
        return self.space.repair(X, avoid=None if first else population.get("X"))


class EqualCodes(DuplicateElimination):  # type: ignore[misc]
    """Duplicates are equal rows, found by hashing, which is faster than pymoo's matrix of distances.

    >>> population = Population.new(X=np.array([[0, 1], [0, 1], [1, 1]]))
    >>> EqualCodes().do(population).get("X").tolist()
    [[0, 1], [1, 1]]
    """

    def _do(self, pop: Population, other: Population | None, is_duplicate: Bools) -> Bools:
        seen = set() if other is None else {code.tobytes() for code in other.get("X")}
        for row, code in enumerate(pop.get("X")):
            key = code.tobytes()
            is_duplicate[row] = key in seen
            seen.add(key)
        return is_duplicate


class EqualArchitectures(EqualCodes):
    """Duplicates are codes of one architecture: those that differ in genes of absent layers are equal too.

    For algorithms whose operators do not keep to canonical form, as pymoo's do not.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1, 2))
    >>> population = Population.new(X=np.array([[0, 0, 0, 1, 1, 0, 0], [0, 0, 0, 1, 0, 0, 0]]))
    >>> len(EqualArchitectures(space).do(population))
    1
    """

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.space = space

    def _do(self, pop: Population, other: Population | None, is_duplicate: Bools) -> Bools:
        found = self._canonical(pop)
        return super()._do(found, None if other is None else self._canonical(other), is_duplicate)

    def _canonical(self, pop: Population) -> Population:
        return Population.new(X=codes_from(self.space, pop.get("X")))


def genetic_operators(space: Space) -> dict[str, Any]:
    """New operators for a genetic algorithm on codes; pymoo's defaults are shared between instances.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64, 128), n_layer=(1, 2), mlp_ratio=(2, 3, 4), n_head=(1,))
    >>> from pymoo.algorithms.moo.nsga2 import NSGA2
    >>> algorithm = NSGA2(pop_size=10, **genetic_operators(space))
    >>> codes = algorithm.setup(problem_of(space, 2), seed=0).ask().get("X")
    >>> codes.shape, (codes == space.canonical(codes)).all()
    ((10, 7), np.True_)
    """
    return {
        "sampling": SpaceSampling(space),
        "crossover": UniformCrossover(),
        "mutation": RandomReset(space),
        "repair": WithinSpace(space),
        "eliminate_duplicates": EqualCodes(),
    }
