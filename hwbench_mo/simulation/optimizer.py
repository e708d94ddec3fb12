"""What the simulation needs of an optimizer. Nothing is to be inherited: two methods suffice."""

from typing import Protocol, runtime_checkable

from hwbench_mo.typing import Codes, Values


@runtime_checkable
class Optimizer(Protocol):
    """Proposes codes and learns their values.

    An optimizer may have more than the two:

    ``batch_size``, an attribute
        How many proposals it likes to be asked for at once, such as the size of its generations. Without it, it is
        asked for as many as there are free workers.
    ``repeats(codes, /) -> [n] integers``, a method
        Called right after ``ask`` with what was proposed, in canonical form: how many repeats, 1 to 10, each
        measurement averages in all when it is told. An architecture that this run evaluated before is measured on: the
        repeats that it has cost no time again, and with noise its value is the mean of the first so many draws, those
        that it has included. Without the method, an architecture that is proposed again is measured anew.
    ``tell_part(codes, values, /)``, a method
        Called where the cost is decoupled, at the simulated time at which they are known, with the values that are
        known before the whole evaluation has finished, NaN elsewhere: free ones when the evaluation starts, others when
        their device or the supernet is done. The whole is told later as ever. Read-only.
    """

    def ask(self, n: int, /) -> Codes:
        """At most ``n`` codes ``[≤ n, d]`` to evaluate.

        None (shape ``[0, d]``) means: not before more results are told. Where none are outstanding it ends the run.
        """
        ...

    def tell(self, codes: Codes, values: Values, /) -> None:
        """Results ``[n, m]`` (minimised) of codes ``[n, d]``, in the order in which they finished. Read-only."""
        ...
