"""What an optimizer declares about itself, for tables and for the identity of its runs."""

from typing import ClassVar, Protocol, runtime_checkable

from optimizers.shared.library import Library

KINDS = ("baseline", "population", "model-based", "multi-fidelity")
"""What sort of method an optimizer is."""


@runtime_checkable
class Described(Protocol):
    """An optimizer, or its class, that declares where it comes from. All optimizers of this package do."""

    library: ClassVar[Library | None]
    """The library that runs it; none if the code is ours."""
    paper: ClassVar[str]
    """Authors and year."""
    kind: ClassVar[str]
    """One of `KINDS`."""
