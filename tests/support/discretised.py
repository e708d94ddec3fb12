"""Continuous test problems of the literature over genes of a few levels, for comparisons with bare libraries."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from pymoo.problems import get_problem

from hwbench_mo import Optimizer, SearchSpace
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Floats, Values

LEVELS = SearchSpace(
    name="levels", embed_dim=(64, 128, 192), n_layer=(12,), mlp_ratio=(1, 2, 3, 4, 5), n_head=(1, 2, 4)
)
GENES = [*range(3, LEVELS.n_genes), 0, 2]
"""Those with a choice, those of the layers first: the first ones place a point along the front."""


class Discretised:
    """What an optimizer needs of a problem: a space and objectives; gene levels are spread evenly over [0, 1]."""

    def __init__(
        self,
        continuous: Callable[[Floats], Values],
        n_objectives: int,
        *,
        space: Space = LEVELS,
        genes: Sequence[int] = GENES,
        reference_point: Floats | None = None,
    ) -> None:
        self.space, self.genes, self.reference_point = space, list(genes), reference_point
        self.objectives = tuple(f"f{i}" for i in range(n_objectives))
        self.constraints: dict[str, float] = {}
        self._continuous = continuous

    def unit(self, codes: Codes) -> Floats:
        """``[n, k]``; the genes with a choice, in [0, 1]."""
        levels: Floats = codes[:, self.genes] / (self.space.n_choices[self.genes] - 1)
        return levels

    def evaluate(self, codes: Codes) -> Values:
        return self._continuous(self.unit(codes))


def of_pymoo(name: str, n_objectives: int) -> Discretised:
    size = {"n_obj": n_objectives} if name.startswith("dtlz") else {}
    return Discretised(get_problem(name, n_var=len(GENES), **size).evaluate, n_objectives)


DISCRETISED = {
    "zdt1": lambda: of_pymoo("zdt1", 2),
    "dtlz2, 2 objectives": lambda: of_pymoo("dtlz2", 2),
    "dtlz2, 3 objectives": lambda: of_pymoo("dtlz2", 3),
}
every_discretised = pytest.mark.parametrize("problem_name", list(DISCRETISED))


def proposed(
    make: Callable[..., Optimizer], problem: Any, *, seed: int, budget: int, at_once: int | None = None
) -> Codes:
    """What an optimizer proposes, asked for as many as it likes, or for so many ``at_once``, and told each time."""
    optimizer = make(problem, seed=seed)
    codes: list[Codes] = []
    while sum(map(len, codes)) < budget:
        codes.append(optimizer.ask(at_once or budget))
        optimizer.tell(codes[-1], problem.evaluate(codes[-1]))
    return np.concatenate(codes)[:budget]


def first_repeat(codes: Codes) -> int:
    """The first row that equals an earlier one; their number if none does."""
    first = {code.tobytes(): row for row, code in reversed(list(enumerate(codes)))}
    return next((row for row, code in enumerate(codes) if first[code.tobytes()] != row), len(codes))
