"""Suggestions of Syne Tune as codes, none of them twice."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from hwbench_mo.adapters.syne_tune import code_of, config_of, config_space
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes
from optimizers.shared import ATTEMPTS, DRAWS, History


class Proposals:
    """New architectures of a space: what Syne Tune suggests, or random ones where it repeats itself."""

    def __init__(self, space: Space, seed: int) -> None:
        self.space = space
        self.none: Codes = np.empty((0, space.n_genes), dtype=np.int64)
        self.config_space = config_space(space)
        self._rng = np.random.default_rng(seed)
        self._history = History()

    def new(self, suggest: Callable[[], dict[str, Any]]) -> Codes:
        """A new code ``[1, d]``, suggested or else random; none ``[0, d]`` if the space seems exhausted."""
        return self._history.first_new(self._draws(suggest))

    def random(self) -> Codes:
        """A new random code ``[1, d]``; none ``[0, d]`` if the space seems exhausted."""
        return self._history.first_new([self.space.sample(DRAWS, self._rng)])

    def config(self, code: Codes) -> dict[str, int]:
        """Syne Tune's configuration of a code ``[d]``."""
        return config_of(code)

    def _draws(self, suggest: Callable[[], dict[str, Any]]) -> Iterator[Codes]:
        for _ in range(ATTEMPTS):
            yield self.space.repair(code_of(self.space, suggest()))
        yield self.space.sample(DRAWS, self._rng)
