"""The simulation loop: an event queue over simulated finish times. No clock is slept."""

import heapq
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.problems import Problem
from hwbench_mo.simulation.cost import CostModel
from hwbench_mo.simulation.optimizer import Optimizer
from hwbench_mo.simulation.trajectory import Trajectory, provenance
from hwbench_mo.typing import Codes, Floats, Ints, Values, read_only

DEFAULT_COST = CostModel()


def simulate(
    problem: Problem,
    optimizer: Optimizer,
    *,
    budget: int,
    n_workers: int = 1,
    cost: CostModel = DEFAULT_COST,
    config: Mapping[str, Any] | None = None,
    progress: Callable[[int], object] | None = None,
) -> Trajectory:
    """Run ``optimizer`` on ``problem`` for ``budget`` evaluations by ``n_workers`` asynchronous workers.

    Whenever a worker is free and nothing waits for one, the optimizer is told what has finished, in the order of
    finishing, and asked for more: for its ``batch_size`` if it has one, else for as many as workers are free. Proposals
    wait in a queue. An optimizer that answers with none, as a generational one does until its generation is
    evaluated, is asked again at the next finish.

    Parameters
    ----------
    budget
        Number of evaluations, at least 1.
    n_workers
        Evaluations at a time, at least 1.
    cost
        Simulated seconds of an evaluation.
    config
        Whatever the caller wants to keep with the result; plain JSON values.
    progress
        Called with the number of evaluations that have finished since the last call.

    Returns
    -------
    Trajectory
        In the order of finishing. It is shorter than ``budget`` if the optimizer had nothing left to propose.

    Raises
    ------
    InputError
        If ``budget`` or ``n_workers`` is not a positive integer, or the optimizer proposes what is not in the space or
        more than it was asked for.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> class Sampler:
    ...     def ask(self, n):
    ...         return problem.space.sample(n, rng)
    ...     def tell(self, codes, values):
    ...         pass
    >>> problem, rng = hb.make_problem("gpt_s", ["perplexity", "latency@a100"]), np.random.default_rng(0)
    >>> hb.simulate(problem, Sampler(), budget=10, n_workers=4).values.shape
    (10, 2)
    """
    check_count("budget", budget)
    check_count("n_workers", n_workers)
    if not isinstance(optimizer, Optimizer):
        raise InputTypeError(f"optimizer is {optimizer!r}, but needs the methods ask and tell")
    batch_size = getattr(optimizer, "batch_size", 1)
    run = _Run(problem, cost, budget)
    running: list[tuple[float, int]] = []
    finished: list[int] = []
    now, told = 0.0, 0
    waiting: deque[int] = deque()
    while len(finished) < budget:
        n_free = n_workers - len(running)
        if not waiting and run.n < budget:
            _tell(optimizer, run, finished[told:], progress)
            told = len(finished)
            waiting.extend(run.ask(optimizer, min(budget - run.n, max(n_free, batch_size))))
        while waiting and len(running) < n_workers:
            job = waiting.popleft()
            heapq.heappush(running, (now + run.seconds[job], job))
        if not running:
            break
        now, job = heapq.heappop(running)
        run.finish_times[job] = now
        finished.append(job)
    _tell(optimizer, run, finished[told:], progress)
    return run.trajectory(finished, config or {}, {"n_workers": n_workers})


def check_count(name: str, value: object) -> None:
    """Raise `InputError` unless ``value`` is an integer of at least 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputTypeError(f"{name} is {value!r}, but must be an integer")
    if value < 1:
        raise InputError(f"{name} is {value}, but must be at least 1")


class _Run:
    """Everything that was asked for, in the order of asking."""

    def __init__(self, problem: Problem, cost: CostModel, budget: int) -> None:
        self.problem, self.cost = problem, cost
        self.n = 0
        self.codes: Codes = np.zeros((budget, problem.space.n_genes), dtype=np.int64)
        self.values: Values = np.zeros((budget, len(problem.objectives)))
        self.seconds: Floats = np.zeros(budget)
        self.finish_times: Floats = np.zeros(budget)
        self._evaluations: Counter[bytes] = Counter()

    def ask(self, optimizer: Optimizer, n: int) -> range:
        """Ask, evaluate and keep; which jobs came of it."""
        codes = self.problem.space.canonical(optimizer.ask(n))
        if len(codes) > n:
            raise InputError(f"the optimizer was asked for at most {n} architectures and proposed {len(codes)}")
        jobs = slice(self.n, self.n + len(codes))
        self.codes[jobs] = codes
        self.values[jobs] = self.problem.evaluate(codes, repeat=self._repeats(codes))
        self.seconds[jobs] = self.cost.seconds(self.problem, codes)
        self.n += len(codes)
        return range(jobs.start, jobs.stop)

    def _repeats(self, codes: Codes) -> Ints | int:
        """How often each architecture was evaluated before in this run: a measurement that is repeated differs."""
        if self.problem.noise == "none":
            return 0
        repeats = np.zeros(len(codes), dtype=np.int64)
        for row, code in enumerate(codes):
            key = code.tobytes()
            repeats[row] = self._evaluations[key]
            self._evaluations[key] += 1
        return repeats

    def trajectory(self, finished: list[int], config: Mapping[str, Any], facts: Mapping[str, Any]) -> Trajectory:
        codes, values = self.codes[finished], self.values[finished]
        is_noisy = self.problem.noise != "none"
        return Trajectory(
            codes=codes,
            values=values,
            centre=self.problem.evaluate(codes, noise="none") if is_noisy else values,
            finish_times=self.finish_times[finished],
            objectives=self.problem.objectives,
            config=dict(config),
            provenance={**provenance(self.problem), **facts},
        )


def _tell(optimizer: Optimizer, run: _Run, jobs: list[int], progress: Callable[[int], object] | None) -> None:
    if not jobs:
        return
    optimizer.tell(read_only(run.codes[jobs]), read_only(run.values[jobs]))
    if progress is not None:
        progress(len(jobs))
