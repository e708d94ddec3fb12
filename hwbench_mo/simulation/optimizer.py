"""What the simulation needs of an optimizer. Nothing is to be inherited: two methods suffice."""

from typing import Protocol, runtime_checkable

from hwbench_mo.typing import Codes, Values


@runtime_checkable
class Optimizer(Protocol):
    """Proposes codes and learns their values.

    An optimizer may have an attribute ``batch_size``: how many proposals it likes to be asked for at once, such as the
    size of its generations. Without it, it is asked for as many as there are free workers.
    """

    def ask(self, n: int, /) -> Codes:
        """At most ``n`` codes ``[≤ n, d]`` to evaluate.

        None (shape ``[0, d]``) means: not before more results are told. Where none are outstanding it ends the run.
        """
        ...

    def tell(self, codes: Codes, values: Values, /) -> None:
        """Results ``[n, m]`` (minimised) of codes ``[n, d]``, in the order in which they finished. Read-only."""
        ...
