"""Architectures that Syne Tune suggests, as codes, each once."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from hwbench_mo.adapters.syne_tune import code_of, config_of, config_space
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes
from optimizers.shared.history import ATTEMPTS, DRAWS, History


class Proposals:
    """Architectures that Syne Tune suggests, as codes, each once."""

    def __init__(self, space: Space, seed: int) -> None:
        self.space = space
        self.none: Codes = np.empty((0, space.n_genes), dtype=np.int64)
        self.config_space = config_space(space)
        self._rng = np.random.default_rng(seed)
        self._proposed = History()

    def new(self, suggest: Callable[[], dict[str, Any]]) -> Codes:
        """One code ``[1, d]`` that was never proposed, suggested or else random; none ``[0, d]`` if all were."""
        return self._proposed.first_new(self._draws(suggest))

    def _draws(self, suggest: Callable[[], dict[str, Any]]) -> Iterator[Codes]:
        for _ in range(ATTEMPTS):
            yield self.space.repair(code_of(self.space, suggest()))
        yield self.space.sample(DRAWS, self._rng)

    def random(self) -> Codes:
        """One random code ``[1, d]`` that was never proposed; none ``[0, d]`` if there seems to be none."""
        return self._proposed.first_new([self.space.sample(DRAWS, self._rng)])

    def config(self, code: Codes) -> dict[str, int]:
        """Syne Tune's form of a code ``[d]``."""
        return config_of(code)
