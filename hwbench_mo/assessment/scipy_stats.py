"""SciPy's statistics, imported when the first test is made."""

from typing import Any

from hwbench_mo.errors import InputError


def scipy_stats() -> Any:
    """The module.

    Raises
    ------
    InputError
        If SciPy is not installed.
    """
    try:
        from scipy import stats
    except ModuleNotFoundError:
        raise InputError("statistics need scipy: pip install 'hwbench_mo[statistics]'") from None
    return stats
