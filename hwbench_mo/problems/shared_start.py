"""The same first architectures for every optimizer: a problem whose space draws them first."""

import copy
from typing import Any, TypeVar

import numpy as np

from hwbench_mo.checks import check_seed
from hwbench_mo.problems.problem import Problem
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, read_only

One = TypeVar("One")
N_SHARED = 100
"""How many architectures are shared; of a smaller space all."""
STREAM = 0x51A27
"""Tells their random numbers from those of optimizers of the same seed."""


class SharedStart:
    """Architectures that are drawn first, whoever draws; how many have been drawn so far is ``n_drawn``."""

    def __init__(self, space: Space, seed: int) -> None:
        check_seed(seed)
        drawn = space.sample(10 * N_SHARED, np.random.default_rng([seed, STREAM]))
        _, first = np.unique(drawn, axis=0, return_index=True)
        self.codes: Codes = read_only(drawn[np.sort(first)][:N_SHARED])
        """``[100, d]``, each once."""
        self.n_drawn = 0

    def take(self, n: int) -> Codes:
        """The next ``n`` of them, or as many as are left."""
        taken = self.codes[self.n_drawn : self.n_drawn + n]
        self.n_drawn += len(taken)
        return taken


def with_shared_start(problem: Problem, /, *, seed: int) -> tuple[Problem, SharedStart]:
    """For an optimizer: the same problem, whose space draws the same 100 architectures first for a seed.

    Optimizers that begin with draws of ``problem.space.sample`` then begin with the same architectures, one of them
    with its initial design of 20, another with its population of 100; what they draw later is their own. Runs of a
    seed are thereby blocks, which can be compared in pairs. An optimizer that draws elsewhere leaves ``n_drawn`` at 0.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
    >>> drawn = []
    >>> for own_seed in (1, 2):
    ...     started, start = with_shared_start(problem, seed=0)
    ...     drawn.append(started.space.sample(150, np.random.default_rng(own_seed)))
    >>> [bool((one == other).all()) for one, other in zip(np.split(drawn[0], [100]), np.split(drawn[1], [100]))]
    [True, False]
    """
    start = SharedStart(problem.space, seed)
    space = _subclassed(problem.space, {"sample": _sample_after(start, problem.space)})
    return _subclassed(problem, {"space": property(lambda self: space)}), start


def _sample_after(start: SharedStart, space: Space) -> Any:
    def sample(self: Space, n: int, rng: np.random.Generator) -> Codes:
        taken = start.take(n)
        return taken.copy() if len(taken) == n else np.concatenate([taken, space.sample(n - len(taken), rng)])

    return sample


def _subclassed(one: One, changed: dict[str, Any]) -> One:
    """A copy of a frozen value that differs in some attributes of its class, and is an instance of that class."""
    kind = type(one)
    other = copy.copy(one)
    object.__setattr__(other, "__class__", type(kind.__name__, (kind,), {**changed, "__module__": kind.__module__}))
    return other
