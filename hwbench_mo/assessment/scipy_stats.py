"""SciPy's statistics, imported when the first test is made."""

from typing import Any

from hwbench_mo.errors import InputError
from hwbench_mo.extras import how_to_install


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
        raise InputError(f"statistics need scipy: {how_to_install('statistics')}") from None
    return stats
