"""What the model-based optimizers share that needs no torch: asking, telling, what is pending, units."""

import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from hwbench_mo import InputError, Problem
from hwbench_mo.archive import Archive
from hwbench_mo.simulation.simulate import check_count
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Floats, Values
from optimizers._extras import need
from optimizers._history import ROUNDS, History
from optimizers._pymoo import units_of

if TYPE_CHECKING:
    from optimizers._botorch_models import Surrogate, View


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """What an optimizer knows when it proposes."""

    codes: Codes
    values: Values
    pending: Codes
    """Codes that are being evaluated."""
    parts: Values
    """``[pending, m]``; what is known of these, NaN elsewhere."""
    reference: Floats | None
    """``[m]``; the problem's reference point."""


class ModelBased:
    """Random architectures, and then whatever maximises an acquisition function of Gaussian processes.

    Candidates are random architectures, and random neighbours of members of the archive, in equal parts; the best of
    them climbs to better neighbours. All are new: none is proposed twice. Results that are outstanding count as known,
    at predictions, but for objectives that a decoupled evaluation has told already.

    Parameters
    ----------
    problem
        What is searched.
    seed
        Of everything random.
    n_initial
        Random architectures before the first model.
    n_candidates
        Candidates a step, before climbing; by default ``candidates`` of the class.
    refit
        Hyperparameters are fitted again when observations have grown by this fraction.
    """

    kind: ClassVar[str] = "model-based"
    proposes: ClassVar[str] = "n_initial, then any number"
    believes: ClassVar[bool] = True
    """Whether what is pending counts as observed at its predicted mean (Ginsbourger, Le Riche & Carraro, 2010)."""
    candidates: ClassVar[int] = 1000
    """How many are judged a step; fewer where one takes long."""
    climbs: ClassVar[int] = 5
    """The most steps from the best candidate to a better neighbour of it."""

    def __init__(
        self,
        problem: Problem,
        *,
        seed: int,
        n_initial: int = 20,
        n_candidates: int | None = None,
        refit: float = 0.2,
    ) -> None:
        n_candidates = self.candidates if n_candidates is None else n_candidates
        check_count("n_initial", n_initial)
        check_count("n_candidates", n_candidates)
        if not 0 <= refit < np.inf:
            raise InputError(f"refit is {refit}, but must be a finite number of at least 0")
        self._space, self._n_initial, self._n_candidates = problem.space, n_initial, n_candidates
        self._m = len(problem.objectives)
        self._rng = np.random.default_rng(seed)
        self._history = History()
        self._codes: list[Codes] = []
        self._values: dict[int, Floats] = {}
        self._parts: dict[int, Floats] = {}
        self._row: dict[bytes, int] = {}
        self._reference = reference_of(problem)
        self._surrogate = surrogate(type(self).__module__.split(".")[-1], problem.space, refit)

    def ask(self, n: int, /) -> Codes:
        found = self._space.sample(0, self._rng)
        while len(found) < n:
            if len(self._codes) < self._n_initial:
                wanted = min(n - len(found), self._n_initial - len(self._codes))
                new = self._history.draw(self._space, wanted, self._rng)
            elif len(found) and len(self._codes) - len(found) < self._n_initial:
                break  # what is learnt from the initial ones comes first
            else:
                new = self._propose()
            if not len(new):
                break
            self._remember(new)
            found = np.concatenate([found, new])
        return found

    def tell(self, codes: Codes, values: Values, /) -> None:
        for code, point in zip(codes, values, strict=True):
            self._values[self._row_of(code)] = np.array(point, dtype=np.float64)

    def tell_part(self, codes: Codes, values: Values, /) -> None:
        """Of evaluations that go on: what is known of them, NaN elsewhere; believed in place of predictions."""
        for code, point in zip(codes, values, strict=True):
            self._parts[self._row_of(code)] = np.array(point, dtype=np.float64)

    def acquisition(self, view: "View") -> Any:
        """What is maximised: a function of features ``[n, 1, k]``, in torch."""
        raise NotImplementedError

    def _row_of(self, code: Codes) -> int:
        if code.tobytes() not in self._row:
            self._history.add_new(code[None])
            self._remember(code[None].copy())
        return self._row[code.tobytes()]

    def _remember(self, codes: Codes) -> None:
        for code in codes:
            self._row[code.tobytes()] = len(self._codes)
            self._codes.append(code)

    def _propose(self) -> Codes:
        """One new code ``[1, d]``; none ``[0, d]`` where the space is exhausted or nothing is known yet."""
        rows = sorted(self._values)  # in the order of asking: that of telling changes nothing
        pool = self._pool(rows) if rows else self._space.sample(0, self._rng)
        if not len(pool):
            return pool
        pending = [row for row in range(len(self._codes)) if row not in self._values]
        unknown = np.full(self._m, np.nan)
        with apart():
            known = Known(
                codes=np.stack([self._codes[row] for row in rows]),
                values=np.stack([self._values[row] for row in rows]),
                pending=np.array([self._codes[row] for row in pending]).reshape(-1, self._space.n_genes),
                parts=np.array([self._parts.get(row, unknown) for row in pending]).reshape(-1, self._m),
                reference=self._reference,
            )
            chosen = self._surrogate.best(self, known, pool=pool, seed=int(self._rng.integers(2**31)))
        return self._history.add_new(chosen)

    def _pool(self, rows: list[int]) -> Codes:
        """New candidates, without repetitions."""
        if self._space.size <= self._n_candidates:
            return self.unseen(np.stack(list(self._space.enumerate())))
        archive = Archive(self._m)
        for row in rows:
            archive.add(self._values[row])
        half = self._n_candidates // 2
        members = np.stack([self._codes[rows[kept]] for kept in archive.rows])
        near = members[self._rng.integers(len(members), size=self._n_candidates - half)]
        near = self._space.random_neighbours(near, self._rng)
        again = self._rng.random(len(near)) < 0.5
        near[again] = self._space.random_neighbours(near[again], self._rng)
        pool = self.unseen(np.concatenate([near, self._space.sample(half, self._rng)]))
        for _ in range(ROUNDS):
            if len(pool):
                break
            pool = self.unseen(self._space.sample(self._n_candidates, self._rng))
        return pool

    def unseen(self, codes: Codes) -> Codes:
        """Those rows that were never proposed, without repetitions."""
        kept = {key: row for row, code in enumerate(codes) if (key := code.tobytes()) not in self._row}
        return codes[sorted(kept.values())]

    def neighbours(self, code: Codes) -> Codes:
        """New neighbours of a code ``[d]``."""
        return self.unseen(self._space.neighbours(code)) if self._space.size > 1 else code[None][:0]


def reference_of(problem: Problem) -> Floats | None:
    """``[m]``; the problem's reference point, if there is one that can be computed."""
    try:
        return problem.reference_point
    except InputError:
        return None


def standardised(values: Values, reference: Floats | None) -> tuple[Values, Floats]:
    """``[n, m]``, maximised, of mean 0 and variance 1, and the reference point in the same units.

    Where no value dominates the reference point, or there is none, it is a tenth of the range beyond the worst values.

    >>> standardised(np.array([[1e300, 5.0], [-1e300, 5.0]]), None)
    (array([[-1.,  0.],
           [ 1.,  0.]]), array([-1.2, -0.1]))
    """
    units, mean, spread = _scale_of(values)
    own = (mean - values / units) / spread
    worst = own.min(axis=0) - 0.1 * np.maximum(np.ptp(own, axis=0), 1.0)
    if reference is not None:
        theirs = standardised_as(values, reference)
        if (own > theirs).all(axis=1).any():
            worst = theirs
    return own, worst


def standardised_as(values: Values, others: Values) -> Values:
    """Other points as `standardised` makes them of ``values``, within a thousand deviations; NaN stays.

    >>> standardised_as(np.array([[0.0, 5.0], [2.0, 5.0]]), np.array([[3.0, np.nan]]))
    array([[-2., nan]])
    """
    units, mean, spread = _scale_of(values)
    with np.errstate(over="ignore"):
        return np.clip((mean - others / units) / spread, -1e3, 1e3)


def _scale_of(values: Values) -> tuple[Floats, Floats, Floats]:
    """Unit, mean and deviation of each objective, the last two in units."""
    units = units_of(values)
    scaled = values / units
    mean, spread = scaled.mean(axis=0), scaled.std(axis=0)
    return units, mean, np.where(spread > 1e-12 * np.abs(scaled).max(axis=0), spread, 1.0)


@contextmanager
def apart() -> Iterator[None]:
    """Global generators of numpy and Python, and filters of warnings, are as they were afterwards."""
    states = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(states[0])  # noqa: NPY002
        random.setstate(states[1])


def surrogate(name: str, space: Space, refit: float) -> "Surrogate":
    """The Gaussian processes; torch is imported here and not before."""
    with apart():
        need("botorch", optimizer=name, library="botorch", extra="botorch")
        from optimizers._botorch_models import Surrogate
    return Surrogate(space, refit)
