"""The library that runs an optimizer: its name, its versions, and the extra that installs it."""

from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version

from hwbench_mo import InputError
from hwbench_mo.extras import how_to_install


@dataclass(frozen=True, kw_only=True)
class Library:
    """A library of optimizers. The record itself needs no import of the library.

    >>> Library(name="NumPy", module="numpy", distributions=("numpy",), extra="mine").need("my_method")
    >>> Library(name="Such", module="no_such", distributions=("no-such",), extra="such").need("my_method")
    Traceback (most recent call last):
    hwbench_mo.errors.InputError: optimizer my_method needs Such, which is not installed: pip install -c constraints.txt
    -e '.[such]'
    """

    name: str
    """As tables show it."""
    module: str
    """What is imported."""
    distributions: tuple[str, ...]
    """Installed distributions whose code decides what is proposed."""
    extra: str
    """The extra of this repository that installs them."""

    def need(self, optimizer: str) -> None:
        """Import the library.

        Raises
        ------
        InputError
            If it is not installed; the message has the command that installs it.
        """
        try:
            import_module(self.module)
        except ImportError:
            missing = f"optimizer {optimizer} needs {self.name}, which is not installed"
            raise InputError(f"{missing}: {how_to_install(self.extra)}") from None

    def versions(self) -> dict[str, str]:
        """The installed version of each distribution; part of the identity of a run.

        >>> numpy = Library(name="NumPy", module="numpy", distributions=("numpy",), extra="mine")
        >>> numpy.versions() == {"numpy": version("numpy")}
        True
        """
        return {distribution: version(distribution) for distribution in self.distributions}
