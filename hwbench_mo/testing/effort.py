"""How much a check evaluates, and what it may take for granted."""

from collections.abc import Callable
from dataclasses import dataclass

from hwbench_mo.simulation import Optimizer

Make = Callable[..., Optimizer]
"""Called as ``make(problem, seed=0)``: a class, or a function that returns an optimizer."""


@dataclass(frozen=True, kw_only=True)
class Effort:
    """Parameters of all checks.

    Parameters
    ----------
    most
        The most evaluations that a check makes where it needs no more; fewer for an optimizer whose suggestions take
        long, such as a model-based one. By default as many as each check likes, 60 at most.
    may_return
        Whether an architecture may be proposed twice, as by an evolutionary algorithm, where it can leave the
        population and come back.

    Examples
    --------
    >>> Effort().of(48), Effort(most=9).of(48), Effort(most=9).of(48, 3)
    (48, 9, 3)
    """

    most: int | None = None
    may_return: bool = False

    def of(self, n: int, few: int | None = None) -> int:
        """``n`` evaluations, or ``few`` (by default ``most``) where suggestions take long."""
        return n if self.most is None else min(n, few or self.most)
