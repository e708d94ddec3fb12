"""What a simulation keeps of the evaluations that it was asked for."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.problems import Problem
from hwbench_mo.problems.problem import check_repeats
from hwbench_mo.simulation.cost import CostModel
from hwbench_mo.simulation.optimizer import Optimizer
from hwbench_mo.simulation.trajectory import Trajectory, provenance
from hwbench_mo.typing import Bools, Codes, Ints, Values, read_only


class Jobs:
    """Everything that was asked for, in the order of asking."""

    def __init__(self, problem: Problem, optimizer: Optimizer, cost: CostModel, budget: int) -> None:
        self.problem, self.optimizer, self.cost = problem, optimizer, cost
        self.n = 0
        self.codes: Codes = np.zeros((budget, problem.space.n_genes), dtype=np.int64)
        self.values: Values = np.zeros((budget, len(problem.objectives)))
        self.repeats: Ints = np.full(budget, cost.default_repeats(problem), dtype=np.int64)
        self.seconds: list[float] = []
        self.start_times: list[float] = [0.0] * budget
        self.finish_times: list[float] = [0.0] * budget
        self._repeats_of = getattr(optimizer, "repeats", None)
        self._sets_repeats = callable(self._repeats_of)
        self.tells_parts = cost.decoupled and callable(getattr(optimizer, "tell_part", None))
        self._by_objective: Values = np.zeros(self.values.shape if self.tells_parts else (0, 0))
        # Evaluated one at a time, a second pass for the cost would take as long as the first. A class that overrides
        # `seconds` has costs of its own.
        overridden = type(cost).seconds is not CostModel.seconds
        self._in_one_pass = problem.noise == "none" and not self._sets_repeats and not overridden
        self._counts: Counter[bytes] = Counter()
        """How many evaluations an architecture has, or, where the optimizer sets repeats, how many repeats."""

    def ask(self, n: int) -> range:
        """Ask for at most ``n``, evaluate and keep; which jobs came of it."""
        codes = self.problem.space.canonical(self.optimizer.ask(n))
        if len(codes) > n:
            raise InputError(f"the optimizer was asked for at most {n} architectures and proposed {len(codes)}")
        jobs = slice(self.n, self.n + len(codes))
        self.codes[jobs] = codes
        settings: dict[str, Any] = {}
        if self._in_one_pass:
            self.values[jobs], answers = self.problem.centre_with(codes, self.cost.needs(self.problem))
            seconds = self.cost.seconds_of(self.problem, answers)
        elif self._sets_repeats:
            settings = dict(zip(("repeats", "done"), self._ask_repeats(codes), strict=True))
            self.repeats[jobs] = settings["repeats"]
            self.values[jobs] = self.problem.evaluate(codes, repeats=settings["repeats"])
            seconds = self.cost.seconds(self.problem, codes, **settings)
        else:
            self.values[jobs] = self.problem.evaluate(codes, repeat=self._earlier(codes))
            seconds = self.cost.seconds(self.problem, codes)
        self.seconds += seconds.tolist()
        if self.tells_parts:
            self._by_objective[jobs] = self.cost.seconds_by_objective(self.problem, codes, **settings)
        self.n += len(codes)
        return range(jobs.start, jobs.stop)

    def _ask_repeats(self, codes: Codes) -> tuple[Ints, Ints]:
        """How many repeats each has in the end, and how many of them it has already."""
        answer = self._repeats_of(read_only(codes))  # type: ignore[misc]
        if np.shape(answer) != (len(codes),):
            raise InputError(f"the optimizer's repeats have shape {np.shape(answer)}, but must be [{len(codes)}]")
        repeats = check_repeats(answer, len(codes))
        done = np.zeros_like(repeats)
        for row, (code, count) in enumerate(zip(codes, repeats.tolist(), strict=True)):
            key = code.tobytes()
            done[row] = self._counts[key]
            self._counts[key] = max(self._counts[key], count)
        return repeats, done

    def _earlier(self, codes: Codes) -> Ints | int:
        """How often each architecture was evaluated before in this run: a measurement that is taken anew differs."""
        if self.problem.noise == "none":
            return 0
        earlier = np.zeros(len(codes), dtype=np.int64)
        for row, code in enumerate(codes):
            key = code.tobytes()
            earlier[row] = self._counts[key]
            self._counts[key] += 1
        return earlier

    def start(self, job: int, now: float) -> float:
        """Start a job; when it finishes."""
        finish = now + self.seconds[job]
        self.start_times[job], self.finish_times[job] = now, finish
        return finish

    def times_of_parts(self, job: int) -> list[float]:
        """Seconds after its start, ascending and above 0, at which some of a job's values, but not all, are known."""
        seconds = np.unique(self._by_objective[job])
        return [float(at) for at in seconds if 0 < at < self.seconds[job]]

    def tell(self, jobs: list[int]) -> None:
        """The whole of evaluations that finished."""
        # A single job is a view: copying by a list of rows takes longer than all else here.
        rows = slice(jobs[0], jobs[0] + 1) if len(jobs) == 1 else jobs
        self.optimizer.tell(read_only(self.codes[rows]), read_only(self.values[rows]))

    def tell_part(self, jobs: list[int], seconds: float) -> None:
        """What is known of running evaluations so many seconds after their start, if there is any."""
        known: Bools = self._by_objective[jobs] <= seconds
        rows = np.flatnonzero(known.any(axis=1) & (np.array(self.seconds)[jobs] > seconds))
        if len(rows):
            values = np.where(known, self.values[jobs], np.nan)
            self.optimizer.tell_part(read_only(self.codes[jobs][rows]), read_only(values[rows]))  # type: ignore[attr-defined]

    def trajectory(self, finished: list[int], config: Mapping[str, Any], facts: Mapping[str, Any]) -> Trajectory:
        """In the order of finishing."""
        codes, values = self.codes[finished], self.values[finished]
        is_noisy = self.problem.noise != "none"
        return Trajectory(
            codes=codes,
            values=values,
            centre=self.problem.evaluate(codes, noise="none") if is_noisy else values,
            finish_times=np.array(self.finish_times)[finished],
            start_times=np.array(self.start_times)[finished],
            repeats=self.repeats[finished],
            objectives=self.problem.objectives,
            config=dict(config),
            provenance={**provenance(self.problem), **facts},
        )
