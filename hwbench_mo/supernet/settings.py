"""How a supernet is trained."""

import math
from dataclasses import dataclass, fields
from typing import Any

from hwbench_mo.checks import check_count, check_seed, check_size
from hwbench_mo.errors import InputError, unknown
from hwbench_mo.spaces import SearchSpace

DTYPES = ("float32", "bfloat16")
COMPILE = ("none", "ends", "all")
NOT_OF_THE_RESULT = ("validate_every", "checkpoint_every", "compile")
"""Settings that may differ when a training is resumed."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one training.

    Parameters
    ----------
    space
        Whose supernet is trained.
    steps
        Of the optimizer; the learning rate's schedule ends with them.
    sequence
        Tokens a sequence.
    batch
        Sequences a micro-batch.
    accumulation
        Micro-batches a step. Every sub-network of a step sees all of them.
    random
        Random sub-networks a step, beside the largest and the smallest (the sandwich rule of Yu and Huang, 2019).
    learning_rate, warm_up, floor
        The learning rate rises over ``warm_up`` steps and falls along a cosine to ``floor`` times itself.
    weight_decay, beta_1, beta_2
        Of AdamW; matrices decay alone.
    clip
        The norm that gradients are clipped to.
    distil
        The share of the largest network's distribution in what the others learn from; 0 is the text alone.
    dtype
        Of matrix products.
    seed
        Of weights, batches and sub-networks.
    compile
        Which sub-networks run compiled: ``none``, the two ``ends`` of the space, or ``all`` with dynamic shapes.
    validate_every, checkpoint_every
        Steps between two validations, and between two checkpoints.

    Raises
    ------
    InputError
        If a value is out of range.
    """

    space: SearchSpace
    steps: int = 20_000
    sequence: int = 1024
    batch: int = 8
    accumulation: int = 1
    random: int = 2
    learning_rate: float = 6e-4
    warm_up: int = 200
    floor: float = 0.1
    weight_decay: float = 0.1
    beta_1: float = 0.9
    beta_2: float = 0.95
    clip: float = 1.0
    distil: float = 0.0
    dtype: str = "float32"
    seed: int = 0
    compile: str = "none"
    validate_every: int = 200
    checkpoint_every: int = 500

    def __post_init__(self) -> None:
        for name in ("steps", "sequence", "batch", "accumulation", "validate_every", "checkpoint_every"):
            check_count(name, getattr(self, name))
        for name in ("random", "warm_up"):
            check_size(name, getattr(self, name))
        check_seed(self.seed)
        if self.dtype not in DTYPES:
            raise unknown("dtype", self.dtype, DTYPES)
        if self.compile not in COMPILE:
            raise unknown("choice of what to compile", self.compile, COMPILE)
        for name in ("learning_rate", "clip"):
            if not 0 < getattr(self, name) < math.inf:
                raise InputError(f"{name} is {getattr(self, name):g}, but must be positive")
        for name in ("floor", "distil", "beta_1", "beta_2"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"{name} is {getattr(self, name):g}, but must be from 0 to 1")
        if not 0 <= self.weight_decay < math.inf:
            raise InputError(f"weight_decay is {self.weight_decay:g}, but must be from 0")

    @property
    def facts(self) -> dict[str, Any]:
        """All of them, in plain JSON values but for tuples."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return found | {"space": self.space.facts}

    @property
    def identity(self) -> dict[str, Any]:
        """What must be the same when a training is resumed."""
        return {name: value for name, value in self.facts.items() if name not in NOT_OF_THE_RESULT}

    @property
    def tokens_a_step(self) -> int:
        """Tokens of text that each sub-network of a step sees."""
        return self.sequence * self.batch * self.accumulation

    def rate(self, step: int) -> float:
        """The learning rate of a step, from 0.

        >>> from hwbench_mo.spaces import SPACES
        >>> settings = Settings(space=SPACES["gpt_s"], steps=1000, warm_up=100, learning_rate=1.0)
        >>> [round(settings.rate(step), 3) for step in (0, 99, 100, 550, 999)]
        [0.01, 1.0, 1.0, 0.55, 0.1]
        """
        if step < self.warm_up:
            return self.learning_rate * (step + 1) / self.warm_up
        part = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        return self.learning_rate * (self.floor + (1 - self.floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, part))))
