"""What the simulation needs of an optimizer, and what it makes use of. Nothing is to be inherited."""

from typing import Protocol, runtime_checkable

from hwbench_mo.typing import Codes, Ints, Values


@runtime_checkable
class Optimizer(Protocol):
    """Proposes codes and learns their values. Two methods suffice.

    An optimizer may also be `Batched`, `SetsRepeats`, `HearsViolations` or `HearsParts`, by having what these name.
    """

    def ask(self, n: int, /) -> Codes:
        """At most ``n`` codes ``[≤ n, d]`` to evaluate.

        None (shape ``[0, d]``) means: not before more results are told. Where none are outstanding it ends the run.
        """
        ...

    def tell(self, codes: Codes, values: Values, /) -> None:
        """Results ``[n, m]`` (minimised) of codes ``[n, d]``, in the order in which they finished. Read-only."""
        ...


@runtime_checkable
class Batched(Protocol):
    """An optimizer that likes to be asked for several proposals at once, such as a generation."""

    batch_size: int
    """How many. An optimizer without it is asked for as many as there are free workers."""


@runtime_checkable
class SetsRepeats(Protocol):
    """An optimizer that says how often a measurement is repeated.

    An architecture that the run evaluated before is measured on: the repeats that it has cost no time again, and with
    noise its value is the mean of the first so many draws, those that it has included. Without this method, an
    architecture that is proposed again is measured anew.
    """

    def repeats(self, codes: Codes, /) -> Ints:
        """``[n]`` integers from 1 to 10: how many repeats each measurement averages in all when it is told.

        Called right after ``ask`` with what was proposed, in canonical form.
        """
        ...


@runtime_checkable
class HearsViolations(Protocol):
    """An optimizer that handles the constraints of a problem. On a problem without any, ``tell`` is called as ever."""

    def tell_constrained(self, codes: Codes, values: Values, violations: Values, /) -> None:
        """As ``tell``, with the violations ``[n, c]`` of the c constraints. Read-only.

        Above 0: the constraint is violated, by that share of its limit; 0 or below: it is kept (`Problem.violations`).
        An optimizer without this method is told the objectives alone, of feasible and infeasible architectures.
        """
        ...


@runtime_checkable
class HearsParts(Protocol):
    """An optimizer that hears of parts of an evaluation, where the cost is decoupled."""

    def tell_part(self, codes: Codes, values: Values, /) -> None:
        """The values ``[n, m]`` that are known before the whole evaluation has finished, NaN elsewhere. Read-only.

        Called at the simulated time at which they are known: free ones when the evaluation starts, others when their
        device or the supernet is done. The whole is told later as ever.
        """
        ...
