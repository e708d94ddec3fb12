"""Constraints of a problem: limits on noise-free values, and by how much they are violated."""

from collections.abc import Iterator, Mapping

import numpy as np

from hwbench_mo.benchmark.front import signs_of
from hwbench_mo.errors import InputError
from hwbench_mo.targets import Fleet, Target
from hwbench_mo.typing import Values


class Limits(Mapping[str, float]):
    """Limits by metric, read-only. Unlike a ``MappingProxyType`` it is copied and pickled, as checkpoints of pymoo do.

    >>> limits = Limits({"latency@a100": 40.0})
    >>> limits, limits == {"latency@a100": 40.0}
    ({'latency@a100': 40.0}, True)
    """

    def __init__(self, limits: Mapping[str, float]) -> None:
        self._limits = dict(limits)

    def __getitem__(self, name: str) -> float:
        return self._limits[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._limits)

    def __len__(self) -> int:
        return len(self._limits)

    def __repr__(self) -> str:
        return repr(self._limits)


def on_each_device(limits: Mapping[str, float]) -> dict[str, float]:
    """Limits, where one on the maximum over a fleet is one on each of its devices.

    >>> on_each_device({"max(latency@a100,latency@h100)": 30.0, "latency@h100": 20.0})
    {'latency@a100': 30.0, 'latency@h100': 20.0}

    Raises
    ------
    InputError
        If one is on a weighted mean.
    """
    found: dict[str, float] = {}
    for name, limit in limits.items():
        target = Target.parse(name)
        if isinstance(target, Fleet) and target.weights is not None:
            raise InputError(f"limit of {name}: a weighted mean cannot be limited, but each device can; or use max(…)")
        for part in target.parts:
            found[part.name] = min(limit, found.get(part.name, limit))
    return found


def violations_of(amounts: Values, constraints: Mapping[str, float]) -> Values:
    """``[n, c]``; by what share of its limit each amount ``[n, c]`` violates a constraint; 0 or below where it is kept.

    >>> violations_of(np.array([[44.0, 0.4]]), {"latency@a100": 40.0, "accuracy": 0.5}).round(3)
    array([[0.1, 0.2]])
    """
    limits = np.array(list(constraints.values()))
    return np.asarray(signs_of(tuple(constraints)) * (amounts / limits - 1))


def limits_in_words(constraints: Mapping[str, float]) -> list[str]:
    """Constraints as part of a problem's name.

    >>> limits_in_words({"memory_bfloat16": 900.0, "latency@a100": 12.5})
    ['within', 'memory_bfloat16=900', 'latency@a100=12.5']
    """
    return ["within", *(f"{name}={limit:.10g}" for name, limit in constraints.items())] if constraints else []


def inequalities(constraints: Mapping[str, float]) -> str:
    """Constraints as a reader writes them.

    >>> inequalities({"accuracy": 0.3, "latency@a100": 12.5})
    'accuracy >= 0.3, latency@a100 <= 12.5'
    """
    return ", ".join(
        f"{name} {'>=' if sign < 0 else '<='} {limit:g}"
        for (name, limit), sign in zip(constraints.items(), signs_of(tuple(constraints)), strict=True)
    )
