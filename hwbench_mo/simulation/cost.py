"""How long an evaluation takes: what measuring the architecture would."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.problems import Problem
from hwbench_mo.targets import MEMORY, QUALITY, Target
from hwbench_mo.typing import Codes, Floats, Values

MEMORY_DEVICES = {"memory_bfloat16": "a100", "memory_float16": "rtx2080"}
"""Where memory was measured."""


@dataclass(frozen=True, kw_only=True)
class CostModel:
    """Simulated seconds of one evaluation on one worker.

    Perplexity and accuracy come from one pass of the supernet over the validation set. On each device that an
    objective names, the architecture is set up and run ``repeats`` times; latency and energy are read off the same
    runs. Parameters, MACs and FLOPs are computed, which is free.

    Parameters
    ----------
    setup
        Seconds to set an architecture up, on the supernet and on each device.
    repeats
        Forward passes on each device.
    passes
        Forward passes over the validation set, of the batch that MACs and FLOPs count.
    flops_per_second
        Speed of the supernet's worker; the default is a third of an A100's peak in bfloat16.
    """

    setup: float = 10.0
    repeats: int = 10
    passes: int = 1000
    flops_per_second: float = 1e14

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not np.isfinite(value) or value < 0 or (field.name == "flops_per_second" and value == 0):
                raise InputError(f"cost.{field.name} is {value}, but must be a finite number from 0")

    def seconds(self, problem: Problem, codes: Codes) -> Floats:
        """``[n]``; simulated seconds of each evaluation."""
        names, devices, on_supernet = _plan(problem.objectives)
        total = np.full(len(codes), float(self.setup * (len(devices) + on_supernet)))
        if names:
            answers = _evaluator(problem, names)(codes)
            for column, name in enumerate(names):
                if name == "flops":
                    total += self.passes * answers[:, column] / self.flops_per_second
                else:
                    total += self.repeats * answers[:, column] / 1000
        return total


@lru_cache(maxsize=256)
def _plan(objectives: Sequence[str]) -> tuple[tuple[str, ...], frozenset[str], bool]:
    """Targets whose values decide the cost, devices that are set up, and whether the supernet is run."""
    targets = [Target.parse(name) for name in objectives]
    on_supernet = any(target.metric in QUALITY for target in targets)
    timed = {target.device for target in targets if target.device is not None}
    devices = timed | {MEMORY_DEVICES[target.metric] for target in targets if target.metric in MEMORY}
    names = [f"latency@{device}" for device in sorted(devices)] + ["flops"] * on_supernet
    return tuple(names), frozenset(devices), on_supernet


@lru_cache(maxsize=64)
def _evaluator(problem: Problem, names: tuple[str, ...]) -> Callable[[Codes], Values]:
    return problem.benchmark.evaluator(names)
