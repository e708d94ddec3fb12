"""Which library an optimizer adapts, from what it imports: what needs an extra is imported within the optimizer."""

import inspect
import re
import sys

SHOWN = {"botorch": "BoTorch", "syne_tune": "Syne Tune", "optuna": "Optuna", "pymoo": "pymoo"}
"""How a library is called of which the adapters share ``optimizers/_name.py``."""
DISTRIBUTIONS = {
    "botorch": ("botorch", "gpytorch", "linear_operator", "torch"),
    "syne_tune": ("syne-tune", "moocore"),
    "optuna": ("optuna",),
    "pymoo": ("pymoo", "moocore"),
}
"""What is installed under such a name and decides what is proposed."""


def library_of(made: type) -> str | None:
    """The key in `SHOWN` of the library that a class of optimizers adapts; none if it adapts none.

    >>> from optimizers import NSGA2, RandomSearch
    >>> library_of(NSGA2), library_of(RandomSearch)
    ('pymoo', None)
    """
    try:
        source = inspect.getsource(sys.modules[made.__module__])
    except (OSError, TypeError, KeyError):
        return None
    imported = re.findall(r"^\s*from optimizers\._(\w+) import", source, flags=re.MULTILINE)
    return next((key for key in SHOWN if key in imported), None)
