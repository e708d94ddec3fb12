"""`import optimizers` imports no optimizer, and one optimizer not the others."""

import subprocess
import sys

import pytest
from hydra.utils import get_class

import optimizers

HEAVY = ("botorch", "numba", "optuna", "pymoo", "syne_tune", "torch")


def test_every_optimizer_is_found_in_its_module() -> None:
    assert set(optimizers.__all__) <= set(dir(optimizers))
    for name, module in optimizers.MODULES.items():
        made = getattr(optimizers, name)
        assert made.__module__ == f"optimizers.{module}"
        assert get_class(f"optimizers.{name}") is made
    with pytest.raises(AttributeError, match="module 'optimizers' has no attribute 'NSGA4'"):
        _ = optimizers.NSGA4  # type: ignore[attr-defined]
    with pytest.raises(ImportError, match="NSGA4"):
        from optimizers import NSGA4  # type: ignore[attr-defined] # noqa: F401


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("from optimizers import *", ["pymoo"]),  # of all optimizers, those of other libraries import theirs when made
        ("import experiments.run; from optimizers import LocalSearch, RandomSearch", []),
    ],
)
def test_libraries_are_imported_late(statement: str, expected: list[str]) -> None:
    script = f"import sys; {statement}; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == expected
