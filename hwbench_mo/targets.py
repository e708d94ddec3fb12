"""What can be asked of an architecture: metrics, the device that some of them need, units and directions.

Which devices there are, the benchmark that was loaded says: see `hwbench_mo.benchmark`.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hwbench_mo.errors import InputError, InputTypeError, nearest_first
from hwbench_mo.own_metrics import DECLARED
from hwbench_mo.typing import Floats, Values

OWN = ("h100_sxm", "h200")
"""GPUs that we measured; the authors of the benchmark's data measured all others."""
GPUS = ("a100", "a40", "a6000", "h100", "p100", "rtx2080", "rtx3080", "v100", *OWN)
CPUS = ("xeon_gold", "xeon_silver", "epyc_7452", "epyc_7502", "epyc_7513")
DEVICES = GPUS + CPUS
"""The devices of the tables that ship, in the order of tables and pictures; other devices follow by name."""
PUBLISHED = tuple(device for device in DEVICES if device not in OWN)
DEVICE_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")
"""Names of devices are part of file names and of objectives."""

QUALITY = ("perplexity", "accuracy")
"""Depend on which layer took which choice."""
PER_DEVICE = ("latency", "energy", "peak_memory")
"""Named with a device: ``latency@a100``."""
MEMORY = ("memory_bfloat16", "memory_float16")
CLOSED_FORM = ("params", "macs", "flops")
"""Exact functions of the architecture; they exist in every space."""
METRICS = (*QUALITY, *PER_DEVICE, *MEMORY, *CLOSED_FORM)
"""Everything that can be asked of an architecture; those of `PER_DEVICE` need a device."""

UNITS = {
    "latency": "ms",
    "energy": "Wh",
    "peak_memory": "MB",
    "memory_bfloat16": "MB",
    "memory_float16": "MB",
}


@dataclass(frozen=True)
class Target:
    """One metric, on one device if it needs one.

    Examples
    --------
    >>> Target.parse("latency@a100")
    Target(metric='latency', device='a100')
    >>> Target.parse("accuracy").sign, Target.parse("perplexity").label
    (-1.0, 'perplexity')
    """

    metric: str
    device: str | None = None

    @staticmethod
    def parse(name: object, /, *, devices: Iterable[str] = ()) -> "Target":
        """The target of that name: ``metric`` or ``metric@device``; or a `Fleet`, such as
        ``max(latency@a100, latency@h100)`` or ``0.7*energy@a100 + 0.3*energy@h100``.

        Parameters
        ----------
        devices
            Those that a benchmark knows, which an error names.

        Raises
        ------
        InputError
            If the metric is unknown (the valid ones are named, nearest first), or its device is missing, misspelt or
            not taken. Whether there is such a device, a benchmark says.
        """
        if not isinstance(name, str):
            raise InputTypeError(f"an objective is {name!r}, but must be a name such as 'perplexity' or 'latency@a100'")
        if FLEET.search(name):
            return Fleet.of(name, devices=devices)
        metric, at, device = name.partition("@")
        if metric not in METRICS and metric not in DECLARED:
            choices = nearest_first(metric, (*METRICS, *DECLARED))
            shown = [f"{choice}@DEVICE" if choice in PER_DEVICE else choice for choice in choices]
            raise InputError(f"unknown objective {name!r}; valid, nearest first: {', '.join(shown)}")
        if metric in PER_DEVICE:
            if not device:
                known = list(devices)
                there = f"; devices: {', '.join(known)}" if known else ""
                raise InputError(f"objective {name!r} needs a device, such as {metric}@{[*known, 'a100'][0]}{there}")
            if not DEVICE_NAME.fullmatch(device):
                raise InputError(f"device {device!r} in {name!r} must be lower-case letters, digits and underscores")
            return Target(metric, device)
        if at:
            raise InputError(f"objective {name!r} takes no device; write {metric!r}")
        return Target(metric)

    @property
    def parts(self) -> tuple["Target", ...]:
        """The targets that it is computed from: itself; those of a fleet."""
        return (self,)

    @property
    def name(self) -> str:
        """``metric`` or ``metric@device``."""
        return self.metric if self.device is None else f"{self.metric}@{self.device}"

    @property
    def sign(self) -> float:
        """What a value is multiplied with to be minimised: -1 for accuracy and metrics that are declared maximised."""
        own = DECLARED.get(self.metric)
        return -1.0 if self.metric == "accuracy" or (own is not None and own.maximise) else 1.0

    @property
    def unit(self) -> str | None:
        """Of the metric, if it has one."""
        return DECLARED[self.metric].unit if self.metric in DECLARED else UNITS.get(self.metric)

    @property
    def label(self) -> str:
        """Axis label: name and unit."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


FLEET = re.compile(r"[(),*+]")
"""What only the name of a `Fleet` has."""
WEIGHTED = re.compile(r"((?:\d+\.?\d*|\.\d+)(?:e-?\d+)?)\*([^()*+,]+)")
"""A term of a weighted mean."""


@dataclass(frozen=True)
class Fleet(Target):
    """One metric on several devices at once, as one number: the greatest, or a weighted mean.

    Written in another order, or with weights of another sum, it is the same fleet, of the same name.

    Examples
    --------
    >>> Target.parse("max(latency@h100, latency@a100)").name
    'max(latency@a100,latency@h100)'
    >>> Target.parse("mean(latency@h100, latency@a100)").name
    '0.5*latency@a100+0.5*latency@h100'
    >>> Target.parse("3*energy@h100 + 1*energy@a100").name
    '0.25*energy@a100+0.75*energy@h100'
    """

    members: tuple[Target, ...] = ()
    weights: tuple[float, ...] | None = None
    """Of a mean, in sum 1; None: the greatest."""

    @staticmethod
    def of(name: str, /, *, devices: Iterable[str] = ()) -> "Fleet":
        """The fleet of that name.

        Raises
        ------
        InputError
            If it is not written as one, its members are not of one metric that needs a device, or there is but one.
        """
        text = "".join(name.split())
        called = re.fullmatch(r"(max|mean)\(([^()*+]+)\)", text)
        if called:
            words = called[2].split(",")
            weights = None if called[1] == "max" else [1.0] * len(words)
        else:
            terms = [WEIGHTED.fullmatch(term) for term in text.split("+")]
            if not all(terms):
                raise InputError(
                    f"objective {name!r} is no fleet; write max(latency@a100, latency@h100), mean(latency@a100, "
                    "latency@h100) or 0.7*latency@a100 + 0.3*latency@h100"
                )
            weights, words = [float(term[1]) for term in terms if term], [term[2] for term in terms if term]
        members = tuple(Target.parse(word, devices=devices) for word in words)
        if len(set(members)) < 2 or len(set(members)) < len(members):
            raise InputError(f"objective {name!r} needs two devices or more, each once")
        metrics = {member.metric for member in members}
        if len(metrics) > 1 or not metrics <= set(PER_DEVICE):
            raise InputError(f"objective {name!r} must be of {', '.join(PER_DEVICE)}, and of the same on all devices")
        if weights is not None and not sum(weights) > 0:
            raise InputError(f"objective {name!r} needs weights of a sum above 0")
        # In one order before the weights are summed, so that no order rounds otherwise.
        order = sorted(range(len(members)), key=lambda at: device_order(members[at].device or ""))
        shares = None if weights is None else _shares([weights[at] for at in order])
        return Fleet(members[0].metric, None, tuple(members[at] for at in order), shares)

    @property
    def parts(self) -> tuple[Target, ...]:
        """One a device."""
        return self.members

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of its members."""
        return tuple(member.name for member in self.members)

    def value(self, columns: Values, /) -> Floats:
        """``[n]``; of the values ``[n, k]`` of its members."""
        if self.weights is None:
            return np.asarray(columns.max(axis=1))
        # One column after the other: a matrix product rounds a row otherwise among other rows.
        terms = [weight * column for weight, column in zip(self.weights, columns.T, strict=True)]
        return np.asarray(sum(terms[1:], start=terms[0]))

    @property
    def name(self) -> str:
        """As it is written, without spaces; the mean with its weights."""
        names = [member.name for member in self.members]
        if self.weights is None:
            return f"max({','.join(names)})"
        written = [_decimal(float(f"{weight:.6g}")) for weight in self.weights]
        if _shares([float(text) for text in written]) != self.weights:
            written = [_decimal(weight) for weight in self.weights]
        return "+".join(f"{weight}*{name}" for weight, name in zip(written, names, strict=True))


def _shares(weights: Sequence[float]) -> tuple[float, ...]:
    """Weights of sum 1. What has that sum but for rounding stays as it is: shares that were written are read again."""
    total = math.fsum(weights)
    return tuple(weights) if abs(total - 1) < 1e-12 else tuple(weight / total for weight in weights)


def _decimal(number: float) -> str:
    """The shortest decimal that is read as that number, without an exponent."""
    return np.format_float_positional(number, trim="-")


def device_order(device: str) -> tuple[int, str]:
    """A key to sort devices by: those of `DEVICES` in their order, then others by name.

    >>> sorted(["mine", "h100", "a100"], key=device_order)
    ['a100', 'h100', 'mine']
    """
    return DEVICES.index(device) if device in DEVICES else len(DEVICES), device


def in_order(names: Iterable[str]) -> list[str]:
    """Names of targets in the order of the artifacts: by metric, then by device; metrics of one's own last, by name.

    >>> in_order(["params", "latency@mine", "latency@h100", "perplexity", "latency@a100"])
    ['perplexity', 'latency@a100', 'latency@h100', 'latency@mine', 'params']
    """

    def place(name: str) -> tuple[int, tuple[int, str]]:
        target = Target.parse(name)
        if target.metric in DECLARED:
            return len(METRICS), (0, target.metric)
        return METRICS.index(target.metric), device_order(target.device or "")

    return sorted(names, key=place)
