"""How an extra is installed: a command that works from where we stand, a checkout or a wheel."""

import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
"""The folder that the package lies in: a checkout, or the folder of installed packages."""


def how_to_install(extra: str) -> str:
    """The command of pip that brings the libraries of an extra.

    In a checkout it names the extra; where a wheel was installed, which may be on no index, the libraries themselves.

    Examples
    --------
    >>> "torch==2.13.0" in how_to_install("measure") or "-e '.[measure]'" in how_to_install("measure")
    True
    """
    if (CHECKOUT / "setup.cfg").is_file() and (CHECKOUT / "constraints.txt").is_file():
        return f"pip install -c constraints.txt -e '.[{extra}]'"
    try:
        written = requires("hwbench_mo") or []
    except PackageNotFoundError:  # on the path, and not installed
        written = []
    named = list(dict.fromkeys(libraries_of(extra, written)))
    return "pip install " + " ".join(f"'{name}'" for name in named or [f"hwbench_mo[{extra}]"])


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
