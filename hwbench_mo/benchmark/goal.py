"""What is optimised: one metric, or one number made of several, such as the slowest of several devices."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from hwbench_mo.errors import InputTypeError
from hwbench_mo.targets import Fleet, Target
from hwbench_mo.typing import Floats, Values


class Goal(Protocol):
    """One number of an architecture. Of several metrics it must grow with each, so that the least of each is best."""

    @property
    def name(self) -> str:
        """As it is written."""
        ...

    @property
    def targets(self) -> Sequence[str]:
        """The metrics that it is made of."""
        ...

    @property
    def unit(self) -> str | None:
        """Of the number."""
        ...

    @property
    def sign(self) -> float:
        """-1 where more is better."""
        ...

    def value(self, columns: Values, /) -> Floats:
        """``[n]``; of the metrics' values ``[n, k]``, in their own units and directions."""
        ...


class OneMetric(NamedTuple):
    """A metric itself."""

    name: str

    @property
    def targets(self) -> tuple[str]:
        """Its name."""
        return (self.name,)

    @property
    def unit(self) -> str | None:
        """Of the metric."""
        return Target.parse(self.name).unit

    @property
    def sign(self) -> float:
        """-1 for accuracy."""
        return Target.parse(self.name).sign

    def value(self, columns: Values, /) -> Floats:
        """``[n]``; the only column."""
        return columns[:, 0]


def goal_of(asked: object, *, devices: Iterable[str] = ()) -> Goal:
    """A goal of the name of a metric or of a fleet, or as it is given.

    >>> goal_of("latency@a100").unit
    'ms'
    """
    if isinstance(asked, str):
        target = Target.parse(asked, devices=devices)
        return target if isinstance(target, Fleet) else OneMetric(target.name)
    if not all(hasattr(asked, name) for name in ("name", "targets", "unit", "sign", "value")):
        raise InputTypeError(f"an objective is {asked!r}, but must be a name such as 'perplexity' or 'latency@a100'")
    return asked  # type: ignore[return-value]


def values_of(goals: Sequence[Goal], targets: Sequence[str], columns: Values) -> Values:
    """``[n, m]``; minimised values of goals, of the values ``[n, k]`` of ``targets`` in their own direction."""
    places = [[list(targets).index(name) for name in goal.targets] for goal in goals]
    return np.stack([goal.sign * goal.value(columns[:, own]) for goal, own in zip(goals, places, strict=True)], axis=1)


def all_targets(goals: Sequence[Goal]) -> list[str]:
    """The metrics of all goals, each once."""
    return list(dict.fromkeys(name for goal in goals for name in goal.targets))
