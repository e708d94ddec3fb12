"""The base of the model-based optimizers. It imports torch only when an optimizer is made."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from hwbench_mo import InputError, Problem
from hwbench_mo.checks import check_count
from hwbench_mo.pareto import Archive
from hwbench_mo.typing import Codes, Floats, Ints, Values
from optimizers.libraries.botorch import BOTORCH
from optimizers.libraries.botorch.observations import Observations
from optimizers.shared import ATTEMPTS, History, Library, isolated

if TYPE_CHECKING:
    from optimizers.libraries.botorch.acquisition import AcquisitionInputs


class ModelBased:
    """Random architectures first, then the maximisers of an acquisition function of Gaussian processes.

    Half of the candidates are random, half are random neighbours of members of the archive. A local search starts at
    the best candidate. No architecture is proposed twice. Pending evaluations count as observed at their predicted
    means, or at their values for the objectives that a decoupled evaluation has told already.

    Where the problem has constraints, a Gaussian process models each, and what is maximised is the expected improvement
    over the feasible architectures times the probability of feasibility (Gardner et al., 2014); until a feasible one
    is known, that probability alone.

    Parameters
    ----------
    problem
        What is searched.
    seed
        Of everything random.
    n_initial
        Random architectures before the first model.
    n_candidates
        Candidates a suggestion, before the local search; by default ``default_candidates`` of the class.
    refit
        Hyperparameters are fitted again when observations have grown by this fraction.
    device
        Where models are computed: ``cpu``, or ``cuda`` or ``cuda:N`` where torch finds a GPU.
    """

    library: ClassVar[Library | None] = BOTORCH
    paper: ClassVar[str]
    kind: ClassVar[str] = "model-based"
    batch_size: ClassVar[int] = 1
    imputes_pending: ClassVar[bool] = True
    """Whether pending evaluations count as observed at predicted means (Ginsbourger, Le Riche & Carraro, 2010)."""
    default_candidates: ClassVar[int] = 1000
    """Fewer where an acquisition function takes long."""
    local_search_steps: ClassVar[int] = 5
    """The most steps from the best candidate to its best neighbour."""

    def __init__(
        self,
        problem: Problem,
        *,
        seed: int,
        n_initial: int = 20,
        n_candidates: int | None = None,
        refit: float = 0.2,
        device: str = "cpu",
    ) -> None:
        n_candidates = self.default_candidates if n_candidates is None else n_candidates
        check_count("n_initial", n_initial)
        check_count("n_candidates", n_candidates)
        if not 0 <= refit < np.inf:
            raise InputError(f"refit is {refit}, but must be a finite number of at least 0")
        with isolated():  # imports of torch warn
            BOTORCH.need(type(self).__module__.split(".")[-1])
            from optimizers.libraries.botorch.surrogate import Surrogate
        self._surrogate = Surrogate(problem.space, refit, device)
        self._space, self._n_initial, self._n_candidates = problem.space, n_initial, n_candidates
        self._m = len(problem.objectives)
        self._rng = np.random.default_rng(seed)
        self._history = History()
        self._codes: list[Ints] = []
        self._values: dict[int, Floats] = {}
        self._parts: dict[int, Floats] = {}
        self._violations: dict[int, Floats] = {}
        self._row: dict[bytes, int] = {}
        self._reference = reference_of(problem)

    def ask(self, n: int, /) -> Codes:
        found = self._space.sample(0, self._rng)
        while len(found) < n:
            if len(self._codes) < self._n_initial:
                wanted = min(n - len(found), self._n_initial - len(self._codes))
                new = self._history.draw(self._space, wanted, self._rng)
            elif len(found) and len(self._codes) - len(found) < self._n_initial:
                break  # the first model needs results of the initial architectures
            else:
                new = self._suggest()
            if not len(new):
                break
            self._remember(new)
            found = np.concatenate([found, new])
        return found

    def tell(self, codes: Codes, values: Values, /) -> None:
        for code, point in zip(codes, values, strict=True):
            self._values[self._row_of(code)] = np.array(point, dtype=np.float64)

    def tell_constrained(self, codes: Codes, values: Values, violations: Values, /) -> None:
        """As ``tell``, with the violations ``[n, c]`` of the problem's constraints."""
        self.tell(codes, values)
        for code, row in zip(codes, violations, strict=True):
            self._violations[self._row_of(code)] = np.array(row, dtype=np.float64)

    def tell_part(self, codes: Codes, values: Values, /) -> None:
        """Values of pending evaluations, NaN where they are not known yet; they are used in place of predictions."""
        for code, point in zip(codes, values, strict=True):
            self._parts[self._row_of(code)] = np.array(point, dtype=np.float64)

    @property
    def is_log(self) -> bool:
        """Whether the acquisition function is a logarithm."""
        return True

    def acquisition(self, inputs: "AcquisitionInputs") -> Callable[[Any], Any]:
        """What is maximised: a function of features ``[n, 1, k]``, in torch."""
        raise NotImplementedError

    def neighbours(self, code: Ints) -> Codes:
        """New neighbours ``[n, d]`` of a code ``[d]``."""
        return self._history.unseen(self._space.neighbours(code)) if self._space.size > 1 else code[None][:0]

    def _row_of(self, code: Ints) -> int:
        if code.tobytes() not in self._row:
            self._history.add_new(code[None])
            self._remember(code[None].copy())
        return self._row[code.tobytes()]

    def _remember(self, codes: Codes) -> None:
        for code in codes:
            self._row[code.tobytes()] = len(self._codes)
            self._codes.append(code)

    def _suggest(self) -> Codes:
        """A new code ``[1, d]``; none ``[0, d]`` if the space is exhausted or there is no result yet."""
        rows = sorted(self._values)  # in the order of asking: the order of telling changes nothing
        pools = map(self._history.unseen, self._pools(rows) if rows else ())
        pool = next(filter(len, pools), self._space.sample(0, self._rng))
        if not len(pool):
            return pool
        pending = [row for row in range(len(self._codes)) if row not in self._values]
        unknown = np.full(self._m, np.nan)
        with isolated():
            observed = Observations(
                codes=np.stack([self._codes[row] for row in rows]),
                values=np.stack([self._values[row] for row in rows]),
                pending=np.array([self._codes[row] for row in pending]).reshape(-1, self._space.n_genes),
                partial=np.array([self._parts.get(row, unknown) for row in pending]).reshape(-1, self._m),
                reference=self._reference,
                violations=self._violations_of(rows),
            )
            chosen = self._surrogate.maximise(self, observed, pool=pool, seed=int(self._rng.integers(2**31)))
        return self._history.add_new(chosen)

    def _violations_of(self, rows: list[int]) -> Values:
        """``[n, c]``; ``[n, 0]`` where the problem has no constraints."""
        return np.stack([self._violations.get(row, np.zeros(0)) for row in rows])

    def _leading(self, rows: list[int]) -> list[int]:
        """Those of feasible architectures, near whose archive candidates are drawn; while there are none, that of the
        least violation."""
        violations = self._violations_of(rows)
        kept = np.flatnonzero((violations <= 0).all(axis=1)).tolist()
        return [rows[at] for at in kept or [int(violations.max(axis=1).argmin())]]

    def _pools(self, rows: list[int]) -> Iterator[Codes]:
        """Candidates, half of them near the archive; then, should none of them be new, random ones alone."""
        if self._space.size <= self._n_candidates:
            yield np.stack(list(self._space.enumerate()))
            return
        archive = Archive(self._m)
        leading = self._leading(rows)
        for row in leading:
            archive.add(self._values[row])
        half = self._n_candidates // 2
        members = np.stack([self._codes[leading[kept]] for kept in archive.rows])
        near = members[self._rng.integers(len(members), size=self._n_candidates - half)]
        near = self._space.random_neighbours(near, self._rng)
        again = self._rng.random(len(near)) < 0.5
        near[again] = self._space.random_neighbours(near[again], self._rng)
        yield np.concatenate([near, self._space.sample(half, self._rng)])
        for _ in range(ATTEMPTS):
            yield self._space.sample(self._n_candidates, self._rng)


def reference_of(problem: Problem) -> Floats | None:
    """``[m]``; the problem's reference point, if it can be computed."""
    try:
        return problem.reference_point
    except InputError:
        return None
