"""What the optimizers of pymoo share. The records here need no import of pymoo or numba."""

from optimizers.shared import Library

PYMOO = Library(name="pymoo", module="pymoo", distributions=("pymoo", "moocore"), extra="harness")
"""pymoo, with moocore for its hypervolumes."""
NUMBA = Library(name="numba", module="numba", distributions=("numba",), extra="age-moea2")
"""pymoo's AGE-MOEA-II compiles parts of itself with numba, which pymoo does not install."""

__all__ = ["NUMBA", "PYMOO"]
