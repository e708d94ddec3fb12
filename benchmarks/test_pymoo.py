"""What the harness adds to an optimizer of pymoo: against pymoo's `minimize` on the same black box.

Both are run in turn, and the medians compared. pymoo evaluates a generation as one batch too, and keeps what it
evaluated, as a trajectory does.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pymoo.algorithms.moo import moead, nsga2, nsga3, sms, spea2
from pymoo.core.algorithm import Algorithm
from pymoo.core.problem import Problem as PymooProblem
from pymoo.optimize import minimize

from benchmarks.side_by_side import compare
from hwbench_mo import Problem, make_problem, simulate
from hwbench_mo.adapters.pymoo import genetic_operators
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Values
from optimizers import AGEMOEA2, MOEAD, NSGA2, NSGA3, SMSEMOA, SPEA2
from optimizers.libraries.pymoo.directions import reference_directions

BUDGET = 1000
ROUNDS = 9


class Bare(PymooProblem):  # type: ignore[misc]
    """The black box for pymoo."""

    def __init__(self, problem: Problem) -> None:
        space = problem.space
        super().__init__(
            n_var=space.n_genes, n_obj=len(problem.objectives), xl=0, xu=np.asarray(space.n_choices) - 1, vtype=int
        )
        self.problem = problem
        self.kept: list[tuple[Codes, Values]] = []

    def _evaluate(self, X: Codes, out: dict[str, Values], *args: Any, **kwargs: Any) -> None:
        codes = X.astype(np.int64)
        out["F"] = self.problem.evaluate(codes)
        self.kept.append((codes, out["F"]))


def bare_moead(space: Space) -> Algorithm:
    operators = genetic_operators(space)
    del operators["eliminate_duplicates"]
    return moead.MOEAD(reference_directions(2, 100), **operators)


def bare_age_moea2(space: Space) -> Algorithm:
    pytest.importorskip("numba")
    from pymoo.algorithms.moo.age2 import AGEMOEA2

    return AGEMOEA2(**genetic_operators(space))


ALGORITHMS: dict[str, tuple[Callable[..., Any], Callable[[Space], Algorithm]]] = {
    "nsga2": (NSGA2, lambda space: nsga2.NSGA2(**genetic_operators(space))),
    "nsga3": (
        NSGA3,
        lambda space: nsga3.NSGA3(reference_directions(2, 100), pop_size=100, **genetic_operators(space)),
    ),
    "moead": (MOEAD, bare_moead),
    "sms_emoa": (SMSEMOA, lambda space: sms.SMSEMOA(n_offsprings=1, **genetic_operators(space))),
    "spea2": (
        SPEA2,
        lambda space: spea2.SPEA2(survival=spea2.SPEA2Survival(normalize=True), **genetic_operators(space)),
    ),
    "age_moea2": (AGEMOEA2, bare_age_moea2),
}


@pytest.mark.parametrize("name", list(ALGORITHMS))
def test_overhead_over_pymoo(name: str) -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    make, bare = ALGORITHMS[name]

    def ours() -> None:
        assert len(simulate(problem, make(problem, seed=0), budget=BUDGET)) == BUDGET

    def theirs() -> None:
        # The copies that minimize would make of the algorithm and the problem are none of the algorithm's work.
        minimize(Bare(problem), bare(problem.space), ("n_eval", BUDGET), seed=0, copy_algorithm=False)

    ours()
    theirs()
    compare(name, ours, theirs, rounds=ROUNDS)
