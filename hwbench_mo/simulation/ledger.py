"""What a simulation keeps of the evaluations that an optimizer asked for."""

import time
from collections import Counter

import numpy as np

from hwbench_mo.checks import check_repeats, empty_rows
from hwbench_mo.errors import InputError
from hwbench_mo.problems import Problem
from hwbench_mo.problems.constraints import violations_of
from hwbench_mo.simulation.cost import Cost
from hwbench_mo.simulation.optimizer import HearsParts, HearsViolations, Optimizer, SetsRepeats
from hwbench_mo.typing import Bools, Codes, Floats, Ints, Values, read_only


class Ledger:
    """Every evaluation that was asked for, in the order of asking, with its values and what it costs.

    Values and costs come from one pass over the tables, which answers the objectives and what decides the cost.
    """

    def __init__(self, problem: Problem, optimizer: Optimizer, cost: Cost, budget: int) -> None:
        self._problem, self._optimizer, self._cost = problem, optimizer, cost
        self.n = 0
        self.codes: Codes = empty_rows("budget", budget, problem.space.n_genes)
        self.values: Values = empty_rows("budget", budget, len(problem.objectives), np.float64)
        self.start_times: list[float] = [0.0] * budget
        self.finish_times: list[float] = [0.0] * budget
        self.noise_free: Values = self.values if problem is problem.noise_free else np.zeros_like(self.values)
        self.repeats: Ints = np.full(budget, cost.default_repeats(problem), dtype=np.int64)
        self.seconds: list[float] = []
        self.optimizer_seconds: Floats = np.zeros(budget)
        """Seconds that the optimizer itself had taken, by the clock, when it proposed each evaluation."""
        self._spent = 0.0
        self._sets_repeats = optimizer if isinstance(optimizer, SetsRepeats) else None
        self._hears_parts = optimizer if cost.decoupled and isinstance(optimizer, HearsParts) else None
        self._by_objective: Values = np.zeros(self.values.shape if self.tells_parts else (0, 0))
        needed = cost.targets(problem)
        constrained = tuple(problem.constraints)
        self.violations: Values = empty_rows("budget", budget, len(constrained), np.float64)
        self._hears_violations = optimizer if constrained and isinstance(optimizer, HearsViolations) else None
        # An objective may decide the cost, too, or be constrained.
        names = tuple(dict.fromkeys((*problem.objectives, *needed, *constrained)))
        self._kernel = problem.benchmark.kernel(names)
        self._decisive = [names.index(name) for name in needed]
        self._constrained = [names.index(name) for name in constrained]
        self._signs = problem.signs
        self._counts: Counter[bytes] = Counter()
        """How many evaluations an architecture has, or, where the optimizer sets repeats, how many repeats."""

    @property
    def tells_parts(self) -> bool:
        """Whether the optimizer hears of parts of an evaluation."""
        return self._hears_parts is not None

    def ask(self, n: int) -> range:
        """Ask the optimizer for at most ``n``, and enter them; which evaluations came of it."""
        start = time.perf_counter()
        proposed = self._optimizer.ask(n)
        self._spent += time.perf_counter() - start
        codes = self._problem.space.canonical(proposed)
        if len(codes) > n:
            raise InputError(f"the optimizer was asked for at most {n} architectures and proposed {len(codes)}")
        own = slice(self.n, self.n + len(codes))
        self.codes[own] = codes
        done, repeat = self._earlier(codes, own)
        answers = self._kernel(codes)
        noise_free = answers[:, : len(self._signs)] * self._signs
        self.noise_free[own] = noise_free
        self.values[own] = self._problem.observe(codes, noise_free, repeat=repeat, repeats=self.repeats[own])
        if self._constrained:
            self.violations[own] = violations_of(answers.take(self._constrained, axis=1), self._problem.constraints)
        costs = answers.take(self._decisive, axis=1)
        durations = self._cost.durations(self._problem, codes, costs, repeats=self.repeats[own], done=done)
        self.seconds += durations.whole.tolist()
        if self.tells_parts:
            self._by_objective[own] = durations.by_objective
        self.optimizer_seconds[own] = self._spent
        self.n += len(codes)
        return range(own.start, own.stop)

    def _earlier(self, codes: Codes, own: slice) -> tuple[Ints | int, Ints | int]:
        """How many repeats of each are done already; and, where one that comes again is measured anew, how often
        before."""
        if self._sets_repeats is not None:
            self.repeats[own] = _asked_repeats(self._sets_repeats, codes)
            done = np.zeros(len(codes), dtype=np.int64)
            for row, (code, count) in enumerate(zip(codes, self.repeats[own].tolist(), strict=True)):
                key = code.tobytes()
                done[row] = self._counts[key]
                self._counts[key] = max(self._counts[key], count)
            return done, 0
        if self.noise_free is self.values:  # measured anew, it would be the same
            return 0, 0
        earlier = np.zeros(len(codes), dtype=np.int64)
        for row, code in enumerate(codes):
            key = code.tobytes()
            earlier[row] = self._counts[key]
            self._counts[key] += 1
        return 0, earlier

    def start(self, evaluation: int, now: float) -> float:
        """Start an evaluation; when it finishes."""
        finish = now + self.seconds[evaluation]
        self.start_times[evaluation], self.finish_times[evaluation] = now, finish
        return finish

    def times_of_parts(self, evaluation: int) -> list[float]:
        """Seconds after its start, ascending and above 0, at which some of its values, but not all, are known."""
        seconds: Floats = np.unique(self._by_objective[evaluation])
        return [float(at) for at in seconds if 0 < at < self.seconds[evaluation]]

    def tell(self, evaluations: list[int]) -> None:
        """Tell the optimizer of evaluations that finished."""
        # A single one by a slice: a list of rows takes longer than all else here.
        rows = slice(evaluations[0], evaluations[0] + 1) if len(evaluations) == 1 else evaluations
        # Copies: through a view an optimizer could write to what is recorded.
        codes, values = read_only(self.codes[rows].copy()), read_only(self.values[rows].copy())
        violations = read_only(self.violations[rows].copy())
        start = time.perf_counter()
        if self._hears_violations is None:
            self._optimizer.tell(codes, values)
        else:
            self._hears_violations.tell_constrained(codes, values, violations)
        self._spent += time.perf_counter() - start

    def tell_part(self, evaluations: list[int], seconds: float) -> None:
        """Tell the optimizer what is known of running evaluations so many seconds after their start, if anything."""
        known: Bools = self._by_objective[evaluations] <= seconds
        rows = np.flatnonzero(known.any(axis=1) & (np.array(self.seconds)[evaluations] > seconds))
        if len(rows) and self._hears_parts is not None:
            values = np.where(known, self.values[evaluations], np.nan)
            start = time.perf_counter()
            self._hears_parts.tell_part(read_only(self.codes[evaluations][rows]), read_only(values[rows]))
            self._spent += time.perf_counter() - start


def _asked_repeats(optimizer: SetsRepeats, codes: Codes) -> Ints:
    answer = optimizer.repeats(read_only(codes.copy()))
    if np.shape(answer) != (len(codes),):
        raise InputError(f"the optimizer's repeats have shape {np.shape(answer)}, but must be [{len(codes)}]")
    return check_repeats(answer, len(codes))
