"""The adapters of pymoo against pymoo's own `minimize`, on ZDT1 and DTLZ2 with genes of a few levels.

The same operators, seed and order of calls must give the same bytes. MOEA/D differs by intent, from the first child
that it has proposed before.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pymoo.algorithms.moo import moead, nsga2, nsga3, sms, spea2
from pymoo.core.algorithm import Algorithm
from pymoo.core.problem import Problem as PymooProblem
from pymoo.optimize import minimize

from hwbench_mo import Problem, hypervolume
from hwbench_mo.adapters.pymoo import genetic_operators
from hwbench_mo.typing import Codes, Floats, Values
from optimizers import AGEMOEA2, MOEAD, NSGA2, NSGA3, SMSEMOA, SPEA2
from optimizers.libraries.pymoo.directions import reference_directions
from optimizers.shared import units_of
from tests.support.discretised import DISCRETISED, LEVELS, Discretised, every_discretised, first_repeat, proposed
from tests.support.optimizers import needs_numba

POP_SIZE = 40


class Recorded(PymooProblem):  # type: ignore[misc]
    """For pymoo: the same black box, in the units that the adapters use; keeps what was evaluated."""

    def __init__(self, box: Discretised) -> None:
        super().__init__(
            n_var=LEVELS.n_genes, n_obj=len(box.objectives), xl=0, xu=np.asarray(LEVELS.n_choices) - 1, vtype=int
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


def bare_nsga3(box: Discretised) -> Algorithm:
    directions = reference_directions(len(box.objectives), POP_SIZE)
    return nsga3.NSGA3(directions, pop_size=POP_SIZE, **genetic_operators(LEVELS))


def bare_age_moea2(box: Discretised) -> Algorithm:
    from pymoo.algorithms.moo.age2 import AGEMOEA2

    return AGEMOEA2(pop_size=POP_SIZE, **genetic_operators(LEVELS))


def bare_moead(box: Discretised) -> Algorithm:
    operators = genetic_operators(LEVELS)
    del operators["eliminate_duplicates"]
    return moead.MOEAD(reference_directions(len(box.objectives), POP_SIZE), n_neighbors=10, **operators)


ALGORITHMS: dict[str, tuple[Callable[..., Any], Callable[[Discretised], Algorithm]]] = {
    "nsga2": (NSGA2, lambda box: nsga2.NSGA2(pop_size=POP_SIZE, **genetic_operators(LEVELS))),
    "nsga3": (NSGA3, bare_nsga3),
    "sms_emoa": (SMSEMOA, lambda box: sms.SMSEMOA(pop_size=POP_SIZE, n_offsprings=1, **genetic_operators(LEVELS))),
    "spea2": (
        SPEA2,
        lambda box: spea2.SPEA2(
            pop_size=POP_SIZE, survival=spea2.SPEA2Survival(normalize=True), **genetic_operators(LEVELS)
        ),
    ),
    "age_moea2": (AGEMOEA2, bare_age_moea2),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning:pymoo.*")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[needs_numba] if name == "age_moea2" else []) for name in ALGORITHMS]
)
@every_discretised
def test_the_bytes_are_those_of_pymoo(name: str, problem_name: str) -> None:
    make, bare = ALGORITHMS[name]
    box = DISCRETISED[problem_name]()
    for seed in (0, 1):
        ours = proposed(lambda problem, seed: make(problem, seed=seed, pop_size=POP_SIZE), box, seed=seed, budget=160)
        theirs = native(bare(box), box, seed=seed, budget=160)
        assert ours.tobytes() == theirs.tobytes()


def moead_of(problem: Problem, *, seed: int) -> MOEAD:
    return MOEAD(problem, seed=seed, pop_size=POP_SIZE, n_neighbors=10)


@every_discretised
def test_moead_is_that_of_pymoo_until_a_child_repeats(problem_name: str) -> None:
    box = DISCRETISED[problem_name]()
    for seed in range(3):
        ours = proposed(moead_of, box, seed=seed, budget=150)
        theirs = native(bare_moead(box), box, seed=seed, budget=150)
        repeated = first_repeat(theirs)
        assert POP_SIZE // 2 < repeated < len(theirs)
        assert (ours[:repeated] == theirs[:repeated]).all()
        assert len(np.unique(ours, axis=0)) == len(ours)


@pytest.mark.slow
@every_discretised
def test_moead_that_does_not_repeat_itself_is_as_good(problem_name: str) -> None:
    """Hypervolume at 1,000 evaluations, paired seeds: not worse than pymoo's beyond two standard errors."""
    box = DISCRETISED[problem_name]()
    reference = np.full(len(box.objectives), 3.0)
    gains = np.array(
        [
            hypervolume(box.evaluate(proposed(moead_of, box, seed=seed, budget=1000)), reference=reference)
            - hypervolume(box.evaluate(native(bare_moead(box), box, seed=seed, budget=1000)), reference=reference)
            for seed in range(20)
        ]
    )
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    print(f"\n    {problem_name}: hypervolume gained by not repeating {gains.mean():.4f} ± {error:.4f}")
    assert gains.mean() > -2 * error
