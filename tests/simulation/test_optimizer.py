"""What an optimizer is given, it cannot use to rewrite what is recorded."""

from typing import Any

import numpy as np
import pytest

from hwbench_mo import CostModel, InputError, make_problem, simulate
from hwbench_mo.typing import Codes, Ints, Values
from optimizers import RandomSearch


def write_to(array: Any) -> None:
    """By every way to memory that numpy offers."""
    for target in (array, array.base):
        if target is not None:
            try:
                target.setflags(write=True)
            except ValueError:
                continue
            target[...] = 0


class Vandal(RandomSearch):
    """Overwrites whatever it is given."""

    batch_size = 3

    def repeats(self, codes: Codes, /) -> Ints:
        write_to(codes)
        return np.ones(len(codes), dtype=np.int64)

    def tell(self, codes: Codes, values: Values, /) -> None:
        write_to(codes)
        write_to(values)

    def tell_part(self, codes: Codes, values: Values, /) -> None:
        write_to(codes)
        write_to(values)


@pytest.mark.parametrize("n_workers", [1, 3])
@pytest.mark.parametrize("decoupled", [False, True])
def test_records_are_out_of_an_optimizers_reach(n_workers: int, decoupled: bool) -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    run = simulate(problem, Vandal(problem, seed=0), budget=9, n_workers=n_workers, cost=CostModel(decoupled=decoupled))
    assert (run.values == problem.evaluate(run.codes)).all()
    assert run.values.min() > 0
    assert len(np.unique(run.codes, axis=0)) == 9


def test_a_budget_beyond_the_memory_is_refused() -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    with pytest.raises(InputError, match="budget is 1000000000000, but so many do not fit into memory"):
        simulate(problem, RandomSearch(problem, seed=0), budget=10**12)
