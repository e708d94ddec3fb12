"""Random search: architectures drawn uniformly, choice by choice, without replacement."""

from typing import ClassVar

import numpy as np

from hwbench_mo import Problem
from hwbench_mo.checks import check_count
from hwbench_mo.typing import Codes, Values
from optimizers.shared.history import History


class RandomSearch:
    """The baseline that every optimizer must beat (Bergstra & Bengio, 2012).

    Differs from independent draws in that no architecture is proposed twice.

    Parameters
    ----------
    problem
        What is searched; its values are ignored.
    seed
        Of the draws.
    multiple
        Evaluations that count as one: the yardstick that is given so many times the budget. It changes no draw;
        ``experiments.run`` evaluates ``multiple * budget`` of them, and reports show the best of the first
        ``multiple * t`` at evaluation t.
    """

    kind: ClassVar[str] = "baseline"
    proposes: ClassVar[str] = "any number"
    batch_size = 1000
    """Values change nothing, so that everything can be proposed at once."""

    def __init__(self, problem: Problem, *, seed: int, multiple: int = 1) -> None:
        check_count("multiple", multiple)
        self.multiple = multiple
        self._space = problem.space
        self._rng = np.random.default_rng(seed)
        self._proposed = History()

    def ask(self, n: int, /) -> Codes:
        return self._proposed.draw(self._space, n, self._rng)

    def tell(self, codes: Codes, values: Values, /) -> None:
        """Nothing is learnt."""
