"""The adapters of pymoo against pymoo's own `minimize`, on ZDT1 and DTLZ2 with genes of a few levels.

The same operators, seed and order of calls must give the same bytes. MOEA/D differs by intent, from the first child
that it has proposed before.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from pymoo.algorithms.moo import moead, nsga2, nsga3, sms, spea2
from pymoo.core.algorithm import Algorithm
from pymoo.core.problem import Problem as PymooProblem
from pymoo.optimize import minimize
from pymoo.problems import get_problem

from hwbench_mo import Optimizer, Problem, SearchSpace, hypervolume
from hwbench_mo.adapters.pymoo import genetic_operators
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Floats, Values
from optimizers import AGEMOEA2, MOEAD, NSGA2, NSGA3, SMSEMOA, SPEA2
from optimizers.libraries.pymoo.directions import reference_directions
from optimizers.shared import units_of
from tests.support.optimizers import needs_numba

SPACE = SearchSpace(name="levels", embed_dim=(64, 128, 192), n_layer=(12,), mlp_ratio=(1, 2, 3, 4, 5), n_head=(1, 2, 4))
GENES = [*range(3, SPACE.n_genes), 0, 2]
"""Those with a choice, those of the layers first: the first ones place a point along the front."""
POP_SIZE = 40


class Discretised:
    """What an adapter needs of a problem: a space and objectives; gene levels are spread evenly over [0, 1]."""

    def __init__(
        self,
        continuous: Callable[[Floats], Values],
        n_objectives: int,
        *,
        space: Space = SPACE,
        genes: Sequence[int] = GENES,
        reference_point: Floats | None = None,
    ) -> None:
        self.space, self.genes, self.reference_point = space, list(genes), reference_point
        self.objectives = tuple(f"f{i}" for i in range(n_objectives))
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


PROBLEMS = {
    "zdt1": lambda: of_pymoo("zdt1", 2),
    "dtlz2, 2 objectives": lambda: of_pymoo("dtlz2", 2),
    "dtlz2, 3 objectives": lambda: of_pymoo("dtlz2", 3),
}
every_problem = pytest.mark.parametrize("problem_name", list(PROBLEMS))


class Recorded(PymooProblem):  # type: ignore[misc]
    """For pymoo: the same black box, in the units that the adapters use; keeps what was evaluated."""

    def __init__(self, box: Discretised) -> None:
        super().__init__(
            n_var=SPACE.n_genes, n_obj=len(box.objectives), xl=0, xu=np.asarray(SPACE.n_choices) - 1, vtype=int
        )
        self.box = box
        self.codes: list[Codes] = []
        self.units: Floats | None = None

    def _evaluate(self, X: Codes, out: dict[str, Values], *args: Any, **kwargs: Any) -> None:
        values = self.box.evaluate(X)
        if self.units is None:
            self.units = units_of(values)
        self.codes.extend(X)
        out["F"] = values / self.units

    def __deepcopy__(self, memo: object) -> "Recorded":
        return self


def native(algorithm: Algorithm, box: Discretised, *, seed: int, budget: int) -> Codes:
    """What pymoo's `minimize` evaluates."""
    recorded = Recorded(box)
    minimize(recorded, algorithm, ("n_eval", budget), seed=seed, verbose=False)
    return np.array(recorded.codes)[:budget]


def adapted(
    make: Callable[..., Optimizer], box: Discretised, *, seed: int, budget: int, at_once: int | None = None
) -> Codes:
    """What the adapter proposes, asked for as many as it likes, or for so many ``at_once``."""
    optimizer = make(box, seed=seed)
    codes: list[Codes] = []
    while sum(map(len, codes)) < budget:
        codes.append(optimizer.ask(at_once or budget))
        optimizer.tell(codes[-1], box.evaluate(codes[-1]))
    return np.concatenate(codes)[:budget]


def bare_nsga3(box: Discretised) -> Algorithm:
    directions = reference_directions(len(box.objectives), POP_SIZE)
    return nsga3.NSGA3(directions, pop_size=POP_SIZE, **genetic_operators(SPACE))


def bare_age_moea2(box: Discretised) -> Algorithm:
    from pymoo.algorithms.moo.age2 import AGEMOEA2

    return AGEMOEA2(pop_size=POP_SIZE, **genetic_operators(SPACE))


def bare_moead(box: Discretised) -> Algorithm:
    operators = genetic_operators(SPACE)
    del operators["eliminate_duplicates"]
    return moead.MOEAD(reference_directions(len(box.objectives), POP_SIZE), n_neighbors=10, **operators)


ALGORITHMS: dict[str, tuple[Callable[..., Any], Callable[[Discretised], Algorithm]]] = {
    "nsga2": (NSGA2, lambda box: nsga2.NSGA2(pop_size=POP_SIZE, **genetic_operators(SPACE))),
    "nsga3": (NSGA3, bare_nsga3),
    "sms_emoa": (SMSEMOA, lambda box: sms.SMSEMOA(pop_size=POP_SIZE, n_offsprings=1, **genetic_operators(SPACE))),
    "spea2": (
        SPEA2,
        lambda box: spea2.SPEA2(
            pop_size=POP_SIZE, survival=spea2.SPEA2Survival(normalize=True), **genetic_operators(SPACE)
        ),
    ),
    "age_moea2": (AGEMOEA2, bare_age_moea2),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning:pymoo.*")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[needs_numba] if name == "age_moea2" else []) for name in ALGORITHMS]
)
@every_problem
def test_the_bytes_are_those_of_pymoo(name: str, problem_name: str) -> None:
    make, bare = ALGORITHMS[name]
    box = PROBLEMS[problem_name]()
    for seed in (0, 1):
        ours = adapted(lambda problem, seed: make(problem, seed=seed, pop_size=POP_SIZE), box, seed=seed, budget=400)
        theirs = native(bare(box), box, seed=seed, budget=400)
        assert ours.tobytes() == theirs.tobytes()


def moead_of(problem: Problem, *, seed: int) -> MOEAD:
    return MOEAD(problem, seed=seed, pop_size=POP_SIZE, n_neighbors=10)


@every_problem
def test_moead_is_that_of_pymoo_until_a_child_repeats(problem_name: str) -> None:
    box = PROBLEMS[problem_name]()
    for seed in range(3):
        ours = adapted(moead_of, box, seed=seed, budget=400)
        theirs = native(bare_moead(box), box, seed=seed, budget=400)
        first = {code.tobytes(): row for row, code in reversed(list(enumerate(theirs)))}
        repeated = next(row for row, code in enumerate(theirs) if first[code.tobytes()] != row)
        assert repeated > POP_SIZE // 2
        assert (ours[:repeated] == theirs[:repeated]).all()
        assert len(np.unique(ours, axis=0)) == len(ours)


@pytest.mark.slow
@every_problem
def test_moead_that_does_not_repeat_itself_is_as_good(problem_name: str) -> None:
    """Hypervolume at 1,000 evaluations, paired seeds: not worse than pymoo's beyond two standard errors."""
    box = PROBLEMS[problem_name]()
    reference = np.full(len(box.objectives), 3.0)
    gains = np.array(
        [
            hypervolume(box.evaluate(adapted(moead_of, box, seed=seed, budget=1000)), reference=reference)
            - hypervolume(box.evaluate(native(bare_moead(box), box, seed=seed, budget=1000)), reference=reference)
            for seed in range(20)
        ]
    )
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    print(f"\n    {problem_name}: hypervolume gained by not repeating {gains.mean():.4f} ± {error:.4f}")
    assert gains.mean() > -2 * error
