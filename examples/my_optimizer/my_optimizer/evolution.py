"""A steady-state evolutionary algorithm on the non-dominated set: forty lines that beat random search."""

import numpy as np
from numpy.typing import NDArray

import hwbench_mo as hb


class Evolution:
    """Crosses two members of the non-dominated set, and mutates about ``rate`` genes of the child.

    Parameters
    ----------
    problem
        What is searched; every objective is minimised.
    seed
        Of all random draws.
    n_initial
        Random architectures to begin with.
    rate
        Mean number of genes that a mutation changes.
    """

    def __init__(self, problem: hb.Problem, *, seed: int, n_initial: int = 50, rate: float = 4.0) -> None:
        self.space, self.rng = problem.space, np.random.default_rng(seed)
        self.n_initial, self.rate = n_initial, rate
        self.codes = np.empty((0, self.space.n_genes), dtype=np.int64)
        self.values = np.empty((0, len(problem.objectives)))
        self.proposed: set[bytes] = set()

    def ask(self, n: int) -> NDArray[np.int64]:
        """At most ``n`` codes that were not proposed before, ``[n, d]``; fewer where the space has no more."""
        found: list[NDArray[np.int64]] = []
        for _ in range(100 * n):
            if len(found) == n:
                break
            code = self._child() if len(self.proposed) >= self.n_initial and len(self.codes) else self._random()
            if code.tobytes() not in self.proposed:
                self.proposed.add(code.tobytes())
                found.append(code)
        return np.array(found, dtype=np.int64).reshape(-1, self.space.n_genes)

    def tell(self, codes: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Results ``[n, m]`` of codes ``[n, d]``, in the order in which they finished."""
        for code, value in zip(codes, values, strict=True):
            if (self.values <= value).all(axis=1).any():
                continue  # dominated, or as good as one that is there
            kept = ~(value <= self.values).all(axis=1)
            self.codes = np.vstack([self.codes[kept], code])
            self.values = np.vstack([self.values[kept], value])

    def _random(self) -> NDArray[np.int64]:
        return self.space.sample(1, self.rng)[0]

    def _child(self) -> NDArray[np.int64]:
        one, other = self.codes[self.rng.integers(len(self.codes), size=2)]
        child = np.where(self.rng.random(len(one)) < 0.5, one, other)
        changed = self.rng.random(len(child)) < self.rate / len(child)
        child = np.where(changed, self.rng.integers(0, self.space.n_choices), child)
        # Into the space, and into the one form that an architecture is known by.
        return self.space.repair(child[None])[0]
