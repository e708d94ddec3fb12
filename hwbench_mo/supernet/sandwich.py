"""Which sub-networks a step trains, and on which text: draws that depend on the seed and the step alone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import Architecture, SearchSpace
from hwbench_mo.typing import Ints

ARCHITECTURES, TEXT, VALIDATION = 0, 1, 2
"""What a draw is for: different purposes draw from different streams."""


def random_architectures(space: SearchSpace, n: int, *, seed: int, step: int) -> list[Architecture]:
    """The random sub-networks of a step: uniform choice by choice, as the benchmark's architectures are drawn."""
    return space.decode(space.sample(n, np.random.default_rng([ARCHITECTURES, seed, step])))


def validation_architectures(space: SearchSpace, n: int, *, seed: int) -> list[Architecture]:
    """Random sub-networks that are validated while the supernet trains, the same ones each time."""
    return space.decode(space.sample(n, np.random.default_rng([VALIDATION, seed])))


def window_starts(n_tokens: int, n: int, *, sequence: int, seed: int, step: int, micro_batch: int) -> Ints:
    """``[n]``; where the sequences of a micro-batch begin in the stream of tokens, uniform.

    Raises
    ------
    InputError
        If the text is shorter than one sequence.
    """
    if n_tokens <= sequence:
        raise InputError(f"the text has {n_tokens} tokens to train on, but a sequence needs {sequence + 1}")
    rng = np.random.default_rng([TEXT, seed, step, micro_batch])
    return rng.integers(n_tokens - sequence, size=n)


def windows(tokens: NDArray[Any], starts: Ints, sequence: int) -> Ints:
    """``[n, sequence + 1]``; the tokens of each sequence, and the one behind it."""
    return np.stack([tokens[start : start + sequence + 1] for start in starts]).astype(np.int64)
