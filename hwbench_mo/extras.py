"""How an extra is installed: a command that works from where we stand, a checkout or a wheel."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from shlex import quote

from hwbench_mo.errors import InputError

CHECKOUT = Path(__file__).resolve().parents[1]
"""The folder that the package lies in: a checkout, or the folder of installed packages."""


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Around imports of optional libraries: a missing one becomes an error that says how it is installed.

    Examples
    --------
    >>> with needs("pandas"):  # doctest: +ELLIPSIS
    ...     import no_such_library
    Traceback (most recent call last):
    hwbench_mo.errors.InputError: this needs no_such_library, which is not installed: pip install ...

    Raises
    ------
    InputError
        If a library is missing. A missing module of our own is a mistake of ours, and is raised as it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("hwbench_mo"):
            raise
        raise InputError(f"this needs {error.name}, which is not installed: {how_to_install(extra)}") from None


def how_to_install(extra: str) -> str:
    """The command of pip that brings the libraries of an extra.

    In a checkout it names the extra, with the folder if that is not where we stand; where a wheel was installed, which
    may be on no index, the libraries themselves.

    Examples
    --------
    >>> "torch==2.13.0" in how_to_install("measure") or "[measure]'" in how_to_install("measure")
    True
    """
    if (CHECKOUT / "setup.cfg").is_file() and (CHECKOUT / "constraints.txt").is_file():
        if Path.cwd() == CHECKOUT:
            return f"pip install -c constraints.txt -e '.[{extra}]'"
        return f"pip install -c {quote(str(CHECKOUT / 'constraints.txt'))} -e {quote(f'{CHECKOUT}[{extra}]')}"
    try:
        written = requires("hwbench_mo") or []
    except PackageNotFoundError:  # on the path, and not installed: nothing says what the extra requires
        return f"install hwbench_mo from its wheel or checkout, with the extra {extra!r}"
    return "pip install " + " ".join(f"'{name}'" for name in dict.fromkeys(libraries_of(extra, written)))


def libraries_of(extra: str, requirements: Iterable[str]) -> list[str]:
    """What an extra requires, with what the extras require that it names.

    Parameters
    ----------
    extra
        Name of the extra.
    requirements
        Those of the whole package, as its metadata has them.

    Examples
    --------
    >>> libraries_of("one", ['numpy>=2', 'scipy>=1; extra == "one"', 'me[two]; extra == "one"', 'rich; extra == "two"'])
    ['scipy>=1', 'rich']
    """
    every = list(requirements)
    found: list[str] = []
    for requirement in every:
        name, _, marker = (part.strip() for part in requirement.partition(";"))
        if not re.search(rf"""extra == ["']{re.escape(extra)}["']""", marker):
            continue
        other = re.fullmatch(r"[\w.-]+\[([\w-]+)\]", name)
        found += [name] if other is None else libraries_of(other[1], every)
    return found
