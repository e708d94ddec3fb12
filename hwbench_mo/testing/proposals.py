"""Checks of what an optimizer proposes: codes of the space, in canonical form, and none for ever."""

import numpy as np

from hwbench_mo.problems import Problem
from hwbench_mo.simulation import Optimizer, simulate
from hwbench_mo.testing.effort import Effort, Make
from hwbench_mo.testing.failure import require
from hwbench_mo.typing import Codes


def proposes_canonical_codes(make: Make, problem: Problem, effort: Effort) -> None:
    """``ask(n)`` answers at most n codes, int64, canonical, and, unless it may return, new ones."""
    optimizer = make(problem, seed=0)
    require(isinstance(optimizer, Optimizer), f"{optimizer!r} lacks ask(n) or tell(codes, values)")
    seen: list[Codes] = []
    for n in (1, 3, 0, effort.of(20, 3), 2, effort.of(20, 1)):
        codes = optimizer.ask(n)
        kind = getattr(codes, "dtype", type(codes).__name__)
        require(kind == np.int64, f"ask({n}) answered {kind}, but codes are an int64 array [n, d]")
        require(len(codes) <= n, f"ask({n}) answered {len(codes)} codes, but n is the most")
        canonical = problem.space.canonical(codes)
        require(
            bool((canonical == codes).all()),
            f"ask({n}) answered codes that are not canonical; pass them through problem.space.canonical first",
        )
        seen.append(codes)
        optimizer.tell(codes, problem.evaluate(codes))
    together = np.concatenate(seen)
    require(len(together) > 0, "no code was proposed in six calls of ask")
    if not effort.may_return:
        n_distinct = len(np.unique(together, axis=0))
        require(
            n_distinct == len(together),
            f"{len(together) - n_distinct} of {len(together)} proposals were proposed before; "
            "filter them, or check with may_return=True if the method means it",
        )


def exhausts_a_small_space(make: Make, problem: Problem, effort: Effort) -> None:
    """On a space of a few architectures a run of 500 evaluations ends, and saw them all unless it may return."""
    trajectory = simulate(problem, make(problem, seed=0), budget=500)
    n_distinct, size = len(np.unique(trajectory.codes, axis=0)), problem.space.size
    if not effort.may_return:
        require(len(trajectory) == size == n_distinct, f"evaluated {n_distinct} of {size} architectures, or some twice")
