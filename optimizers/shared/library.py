"""What needs more than the core dependencies says which extra brings it."""

from importlib import import_module

from hwbench_mo import InputError


def need(module: str, *, optimizer: str, library: str, extra: str) -> None:
    """Import a module that an extra brings.

    Raises
    ------
    InputError
        If it is not installed; the message has the command.

    Examples
    --------
    >>> need("numpy", optimizer="mine", library="numpy", extra="mine")
    >>> need("no_such_module", optimizer="mine", library="Such", extra="such")
    Traceback (most recent call last):
    hwbench_mo.errors.InputError: optimizer mine needs Such, which is not installed: pip install 'hwbench_mo[such]'
    """
    try:
        import_module(module)
    except ImportError:
        raise InputError(
            f"optimizer {optimizer} needs {library}, which is not installed: pip install 'hwbench_mo[{extra}]'"
        ) from None
