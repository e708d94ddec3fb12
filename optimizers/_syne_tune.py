"""What the adapters of Syne Tune share: ranks for priorities, random numbers of their own, new architectures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import moocore
import numpy as np
from syne_tune.config_space import randint
from syne_tune.optimizer.schedulers.multiobjective.multiobjective_priority import MOPriority, NonDominatedPriority

from hwbench_mo.errors import unknown
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Ints, Values
from optimizers._history import History
from optimizers._pymoo import units_of

PRIORITIES = ("ranks", "as_published")
ROUNDS = 100
"""Suggestions in a row that were proposed already, after which an architecture is drawn at random."""
DRAWS = 1000
"""Random architectures none of which is new, after which a space counts as exhausted."""


class Ranks(MOPriority):  # type: ignore[misc]
    """The place of each point: by its front, and within a front by an epsilon-net (Salinas et al., 2021).

    Syne Tune's own answers which point comes first, second and so on, where its callers expect the place of each.
    Distances are taken in units of each objective's range, which Syne Tune leaves as they are.

    >>> Ranks()(np.array([[2.0, 2.0], [1.0, 1.0], [0.0, 3.0]])).tolist()
    [2, 1, 0]
    """

    def priority_unsafe(self, objectives: Values) -> Ints:
        points = objectives / units_of(objectives)
        fronts = moocore.pareto_rank(points)
        ranks = np.empty(len(points), dtype=np.int64)
        n_ranked = 0
        for front in range(int(fronts.max()) + 1):
            members = np.flatnonzero(fronts == front)
            ranks[members[_spread(points[members])]] = n_ranked + np.arange(len(members))
            n_ranked += len(members)
        return ranks


def _spread(points: Values) -> Ints:
    """The order in which points are taken: the least in the first objective, then the farthest from those taken."""
    order = np.empty(len(points), dtype=np.int64)
    with np.errstate(over="ignore", invalid="ignore"):
        between = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    np.fill_diagonal(between, -1.0)  # who is taken is not taken again
    distance = np.full(len(points), np.inf)
    chosen = int(points[:, 0].argmin())
    for position in range(len(points)):
        order[position] = chosen
        np.fmin(distance, between[chosen], out=distance)
        chosen = int(distance.argmax())
    return order


class AsPublished(NonDominatedPriority):  # type: ignore[misc]
    """Syne Tune's own, silent where distances overflow."""

    def priority_unsafe(self, objectives: Values) -> Ints:
        with np.errstate(all="ignore"):
            order: Ints = super().priority_unsafe(objectives)
        return order


def priority_named(name: str) -> MOPriority:
    """The priority of that name, one of `PRIORITIES`; `InputError` for another."""
    if name not in PRIORITIES:
        raise unknown("priority", name, PRIORITIES)
    return Ranks() if name == "ranks" else AsPublished()


class Stream:
    """numpy's global generator as Syne Tune draws from it, whatever seed it was given: lent a state of our own."""

    def __init__(self, seed: int) -> None:
        self._own = np.random.RandomState(seed_of(seed)).get_state()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Draws within come from this stream; the state of before is restored."""
        outer = np.random.get_state()  # noqa: NPY002
        np.random.set_state(self._own)  # noqa: NPY002
        try:
            yield
        finally:
            self._own = np.random.get_state()  # noqa: NPY002
            np.random.set_state(outer)  # noqa: NPY002


def seed_of(seed: int) -> int:
    """A seed of 32 bits, the most that Syne Tune takes."""
    return int(np.random.SeedSequence(seed).generate_state(1)[0])


class Proposals:
    """Architectures that Syne Tune suggests, as codes, each once."""

    def __init__(self, space: Space, seed: int) -> None:
        self.space = space
        self.none: Codes = np.empty((0, space.n_genes), dtype=np.int64)
        self.config_space: dict[str, Any] = {
            f"gene_{gene:02}": randint(0, int(n) - 1) if n > 1 else 0 for gene, n in enumerate(space.n_choices)
        }
        self._rng = np.random.default_rng(seed)
        self._proposed = History()

    def new(self, suggest: Callable[[], dict[str, Any]]) -> Codes:
        """One code ``[1, d]`` that was never proposed, suggested or else random; none ``[0, d]`` if all were."""
        for _ in range(ROUNDS):
            suggested = suggest()
            code = self.space.repair(np.array([[suggested[gene] for gene in self.config_space]], dtype=np.int64))
            found = self._proposed.add_new(code)
            if len(found):
                return found
        return self.random()

    def random(self) -> Codes:
        """One random code ``[1, d]`` that was never proposed; none ``[0, d]`` if there seems to be none."""
        return self._proposed.first_new(self.space.sample(DRAWS, self._rng))

    def config(self, code: Codes) -> dict[str, int]:
        """Syne Tune's form of a code ``[d]``."""
        return dict(zip(self.config_space, code.tolist(), strict=True))
