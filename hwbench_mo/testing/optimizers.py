"""The conformance suite of optimizers, as one call."""

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain

from hwbench_mo.problems import Problem
from hwbench_mo.testing import determinism, proposals, results
from hwbench_mo.testing.effort import Effort, Make
from hwbench_mo.testing.failure import ConformanceError
from hwbench_mo.testing.problems import PROBLEMS

Check = Callable[[Make, Problem, Effort], None]

ON_EVERY_PROBLEM: tuple[Check, ...] = (proposals.proposes_canonical_codes, determinism.repeats_with_its_seed)
CHECKS: Mapping[str, tuple[str, Check]] = {
    **{f"{check.__name__} on {name}": (name, check) for name in PROBLEMS for check in ON_EVERY_PROBLEM},
    **{
        f"survives values that are {scale}": ("gpt_s", partial(results.survives_extreme_values, scale=scale))
        for scale in results.SCALES
    },
    **{
        f"survives few distinct values on {name}": (name, results.survives_few_distinct_values)
        for name in ("gpt_l, 1 objective", "gpt_m, 3 objectives")
    },
    "takes results late and in any order": ("gpt_s", results.takes_results_late_and_in_any_order),
    "proposes the same however results are grouped": (
        "gpt_s",
        determinism.proposes_the_same_however_results_are_grouped,
    ),
    "leaves global generators alone": ("gpt_s", determinism.leaves_global_generators_alone),
    "leaves warnings alone": ("gpt_s", determinism.leaves_warnings_alone),
    "exhausts a small space": ("tiny", proposals.exhausts_a_small_space),
}
"""Name of each check, the problem of `PROBLEMS` that it runs on, and the check: ``check(make, problem, effort)``."""


def check_optimizer(make: Make, /, *, evaluations: int | None = None, may_return: bool = False) -> None:
    """Check that an optimizer keeps what the simulation, sweeps and comparisons rely on.

    The suite is the one that the optimizers of this project pass: proposals are canonical codes of the space, a seed
    repeats a run byte for byte, global generators and warnings are left alone, and results may be equal, of any scale,
    late and in any order. It takes seconds for an optimizer whose suggestions take milliseconds.

    Parameters
    ----------
    make
        Called as ``make(problem, seed=0)``: a class, or ``functools.partial`` of one with its settings.
    evaluations
        The most evaluations of a check, if suggestions take long; by default up to 60.
    may_return
        Whether an architecture may be proposed twice.

    Raises
    ------
    ConformanceError
        With the name of every check that failed, and why. It is an AssertionError, so that pytest shows it as a
        failure.

    Examples
    --------
    >>> import numpy as np
    >>> class Forgetful:
    ...     def __init__(self, problem, *, seed):
    ...         self.space = problem.space
    ...     def ask(self, n):
    ...         return self.space.sample(n, np.random.default_rng(0))
    ...     def tell(self, codes, values):
    ...         pass
    >>> try:
    ...     check_optimizer(Forgetful, may_return=True)
    ... except ConformanceError as failed:
    ...     print(str(failed).split("\\n")[1])
      repeats_with_its_seed on gpt_s: seeds 0 and 1 give the same run: is the seed used?
    """
    effort = Effort(most=evaluations, may_return=may_return)
    failed: list[str] = []
    for name, (problem, check) in CHECKS.items():
        try:
            with warnings.catch_warnings():  # what one check finds is not hidden from another
                check(make, PROBLEMS[problem](), effort)
        except ConformanceError as failure:
            failed.append(f"{name}: {failure}")
        except Exception as error:  # of the optimizer
            failed.append(f"{name}: {type(error).__name__}: {error}")
    if failed:
        lines = chain([f"{len(failed)} of {len(CHECKS)} checks failed"], failed)
        raise ConformanceError("\n  ".join(lines))
