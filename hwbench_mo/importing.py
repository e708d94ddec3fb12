"""Objects that a command line names: ``my_package.name``. What a file says is never imported."""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from hwbench_mo.errors import InputError, unknown

EXAMPLE = "my_package.name"


def object_named(
    dotted: object, /, *, place: str, is_one: Callable[[object], bool] = callable, kind: str = "name"
) -> object:
    """The object of a dotted name, at the level of its module; the module is imported.

    Parameters
    ----------
    dotted
        ``my_package.module.name``, or ``my_package.module:name``.
    place
        Where it is named, for errors.
    is_one
        Whether an object of the module can be meant: an error lists the names of such, nearest first.
    kind
        What such an object is called.

    Raises
    ------
    InputError
        If it is no such name, the module cannot be imported, or it has no such name.

    Examples
    --------
    >>> object_named("math:sqrt", place="here") is object_named("math.sqrt", place="here")
    True
    """
    if not isinstance(dotted, str):
        raise InputError(f"{place} is {dotted!r}, but must be a name, such as {EXAMPLE}")
    module, _, name = dotted.rpartition(":" if ":" in dotted else ".")
    if not all(part.isidentifier() for part in (*module.split("."), name)):
        raise InputError(f"{place} is {dotted!r}, but must be a module and a name in it, such as {EXAMPLE}")
    try:
        found = import_module(module)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
    except ModuleNotFoundError as error:
        raise InputError(f"{place}: {error}; is its folder on PYTHONPATH, or its package installed?") from None
    except Exception as error:  # of the user's own module
        raise InputError(f"{place}: {type(error).__name__}: {error}") from None
    if not hasattr(found, name):
        raise _missing(found, name, place, is_one, kind)
    return getattr(found, name)


def _missing(module: ModuleType, name: str, place: str, is_one: Callable[[object], bool], kind: str) -> InputError:
    there = [other for other, value in vars(module).items() if not other.startswith("_") and is_one(value)]
    if not there:
        return InputError(f"{place}: {module.__name__} has no {name!r}, and no {kind} at all at its level")
    return InputError(f"{place}: {unknown(f'{kind} of {module.__name__}', name, there)}")
