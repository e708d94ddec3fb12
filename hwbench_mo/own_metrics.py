"""Names of metrics of one's own: what each means in this process.

Objectives and limits are names wherever they are kept: in problems, fronts, files and pictures. So that a name says
unit and direction everywhere, it means one of each in a process.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hwbench_mo.errors import InputError, InputTypeError, nearest_first

NAME = re.compile(r"[a-z][a-z0-9_]*")
COLUMNS = (
    *("code", "evaluation", "finish_time", "start_time", "repeats", "optimizer_seconds", "centre", "violation"),
    *("embed_dim", "n_layer", "mlp_ratio", "n_head", "bias", "max", "mean"),
)
"""Names that tables of runs and of architectures, and fleets, use already."""


@dataclass(frozen=True)
class Declared:
    """What a name means."""

    unit: str | None
    maximise: bool


DECLARED: dict[str, Declared] = {}
"""By name; filled by `declare` alone."""


def check_name(name: object, taken: Iterable[str]) -> str:
    """The name, if it can be that of a metric of one's own.

    Parameters
    ----------
    taken
        Names of metrics that there are already.

    Raises
    ------
    InputError
        If it is not lower-case letters, digits and underscores, or is taken.
    """
    if not isinstance(name, str):
        raise InputTypeError(f"metric name is {name!r}, but must be a string, such as 'kv_cache'")
    if not NAME.fullmatch(name):
        raise InputError(
            f"metric name {name!r} must be lower-case letters, digits and underscores, and begin with a letter, such "
            "as 'kv_cache'"
        )
    for others, what in ((tuple(taken), "a metric that there is already"), (COLUMNS, "a column of runs or fronts")):
        if name in others:
            nearest = ", ".join(nearest_first(name, others)[:4])
            raise InputError(
                f"metric name {name!r} is {what} (names taken, nearest first: {nearest}); choose another one, such as "
                f"'my_{name}'"
            )
    return name


def declare(name: str, *, unit: str | None, maximise: bool) -> None:
    """From now on the name means that unit and direction; it may be declared again.

    Raises
    ------
    InputError
        If it means another unit or direction already.
    """
    meant = DECLARED.setdefault(name, Declared(unit, maximise))
    if meant != Declared(unit, maximise):
        before, now = (
            f"{'maximised' if up else 'minimised'}, in {unit or 'no unit'}"
            for unit, up in ((meant.unit, meant.maximise), (unit, maximise))
        )
        raise InputError(
            f"metric {name!r} was defined earlier in this process, {before}, and is {now} here; problems may "
            "name it: choose another name, or start Python anew"
        )
