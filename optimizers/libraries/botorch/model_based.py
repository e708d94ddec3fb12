"""What the model-based optimizers share that needs no torch: asking, telling, what is pending, units."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from hwbench_mo import InputError, Problem
from hwbench_mo.checks import check_count
from hwbench_mo.pareto import Archive
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Floats, Values
from optimizers.libraries.botorch.observations import Known
from optimizers.shared.history import ATTEMPTS, History
from optimizers.shared.isolation import isolated
from optimizers.shared.library import need

if TYPE_CHECKING:
    from optimizers.libraries.botorch.surrogate import Surrogate, View


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
        pools = map(self._history.unseen, self._pools(rows) if rows else ())
        pool = next(filter(len, pools), self._space.sample(0, self._rng))
        if not len(pool):
            return pool
        pending = [row for row in range(len(self._codes)) if row not in self._values]
        unknown = np.full(self._m, np.nan)
        with isolated():
            known = Known(
                codes=np.stack([self._codes[row] for row in rows]),
                values=np.stack([self._values[row] for row in rows]),
                pending=np.array([self._codes[row] for row in pending]).reshape(-1, self._space.n_genes),
                parts=np.array([self._parts.get(row, unknown) for row in pending]).reshape(-1, self._m),
                reference=self._reference,
            )
            chosen = self._surrogate.best(self, known, pool=pool, seed=int(self._rng.integers(2**31)))
        return self._history.add_new(chosen)

    def _pools(self, rows: list[int]) -> Iterator[Codes]:
        """Candidates near the archive and random ones, and after that random ones alone."""
        if self._space.size <= self._n_candidates:
            yield np.stack(list(self._space.enumerate()))
            return
        archive = Archive(self._m)
        for row in rows:
            archive.add(self._values[row])
        half = self._n_candidates // 2
        members = np.stack([self._codes[rows[kept]] for kept in archive.rows])
        near = members[self._rng.integers(len(members), size=self._n_candidates - half)]
        near = self._space.random_neighbours(near, self._rng)
        again = self._rng.random(len(near)) < 0.5
        near[again] = self._space.random_neighbours(near[again], self._rng)
        yield np.concatenate([near, self._space.sample(half, self._rng)])
        for _ in range(ATTEMPTS):
            yield self._space.sample(self._n_candidates, self._rng)

    def neighbours(self, code: Codes) -> Codes:
        """New neighbours of a code ``[d]``."""
        return self._history.unseen(self._space.neighbours(code)) if self._space.size > 1 else code[None][:0]


def reference_of(problem: Problem) -> Floats | None:
    """``[m]``; the problem's reference point, if there is one that can be computed."""
    try:
        return problem.reference_point
    except InputError:
        return None


def surrogate(name: str, space: Space, refit: float) -> "Surrogate":
    """The Gaussian processes; torch is imported here and not before."""
    with isolated():
        need("botorch", optimizer=name, library="botorch", extra="botorch")
        from optimizers.libraries.botorch.surrogate import Surrogate
    return Surrogate(space, refit)
