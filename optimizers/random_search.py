"""Random search: architectures drawn uniformly, choice by choice, without replacement."""

from typing import ClassVar

import numpy as np

from hwbench_mo import Problem
from hwbench_mo.checks import check_count
from hwbench_mo.typing import Codes, Values
from optimizers.shared import History, Library


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
        Random search with so many times the budget, as a baseline: ``experiments.run`` evaluates ``multiple * budget``
        architectures, and reports show the best of the first ``multiple * t`` at evaluation t. It changes no draw.
    """

    library: ClassVar[Library | None] = None
    paper: ClassVar[str] = "Bergstra & Bengio, 2012"
    kind: ClassVar[str] = "baseline"
    batch_size: ClassVar[int] = 1000
    """Results change no proposal, so that many can be made at once."""

    def __init__(self, problem: Problem, *, seed: int, multiple: int = 1) -> None:
        check_count("multiple", multiple)
        self.multiple = multiple
        self._space = problem.space
        self._rng = np.random.default_rng(seed)
        self._history = History()

    def ask(self, n: int, /) -> Codes:
        return self._history.draw(self._space, n, self._rng)

    def tell(self, codes: Codes, values: Values, /) -> None:
        """Values are ignored."""
