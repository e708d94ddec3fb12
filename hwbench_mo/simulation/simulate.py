"""The simulation loop: an event queue over simulated finish times. No clock is slept."""

import heapq
import math
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hwbench_mo.checks import check_count, check_flag
from hwbench_mo.errors import InputTypeError
from hwbench_mo.problems import Problem, provenance
from hwbench_mo.simulation.cost import Cost, CostModel
from hwbench_mo.simulation.ledger import Ledger
from hwbench_mo.simulation.optimizer import Batched, Optimizer
from hwbench_mo.simulation.trajectory import Trajectory

DEFAULT_COST = CostModel()
END = math.inf


def simulate(
    problem: Problem,
    optimizer: Optimizer,
    *,
    budget: int,
    n_workers: int = 1,
    synchronous: bool = False,
    cost: Cost = DEFAULT_COST,
    config: Mapping[str, Any] | None = None,
    progress: Callable[[int], object] | None = None,
) -> Trajectory:
    """Run ``optimizer`` on ``problem`` for ``budget`` evaluations by ``n_workers`` workers.

    Whenever a worker is free and nothing waits for one, the optimizer is told what has finished, in the order of
    finishing, and asked for more: for its ``batch_size`` if it has one, else for as many as workers are free. Proposals
    wait in a queue. An optimizer that answers with none, as a generational one does until its generation is
    evaluated, is asked again at the next finish. What else an optimizer may have, such as a number of repeats, is said
    at `Batched`, `SetsRepeats`, `HearsViolations` and `HearsParts`.

    Parameters
    ----------
    budget
        Number of evaluations, at least 1.
    n_workers
        Evaluations at a time, at least 1.
    synchronous
        Whether nobody is asked before all that was proposed has finished: workers then wait for the slowest. By
        default they are asynchronous, and wait only as long as the optimizer has nothing to propose.
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
        If ``budget`` or ``n_workers`` is not a positive integer, the optimizer proposes what is not in the space or
        more than it was asked for, or it sets repeats that are not integers from 1 to 10.

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
    check_flag("synchronous", synchronous)
    if not isinstance(optimizer, Optimizer):
        raise InputTypeError(f"optimizer is {optimizer!r}, but needs the methods ask and tell")
    batch_size = optimizer.batch_size if isinstance(optimizer, Batched) else 1
    ledger = Ledger(problem, optimizer, cost, budget)
    # Events: (time, evaluation, which): parts of an evaluation, by how many seconds after its start, then its end.
    events: list[tuple[float, int, float]] = []
    finished: list[int] = []
    waiting: deque[int] = deque()
    now, n_running, n_told = 0.0, 0, 0

    def tell() -> int:
        if n_told < len(finished):
            ledger.tell(finished[n_told:])
            if progress is not None:
                progress(len(finished) - n_told)
        return len(finished)

    while len(finished) < budget:
        n_free = n_workers - n_running
        if not waiting and ledger.n < budget and n_free and not (synchronous and n_running):
            n_told = tell()
            waiting.extend(ledger.ask(min(budget - ledger.n, max(n_free, batch_size))))
        started = [waiting.popleft() for _ in range(min(n_free, len(waiting)))]
        n_running += len(started)
        for evaluation in started:
            heapq.heappush(events, (ledger.start(evaluation, now), evaluation, END))
        if ledger.tells_parts and started:
            n_told = tell()
            ledger.tell_part(started, 0.0)
            for evaluation in started:
                for seconds in ledger.times_of_parts(evaluation):
                    heapq.heappush(events, (now + seconds, evaluation, seconds))
        if not events:
            break
        now, evaluation, seconds = heapq.heappop(events)
        if seconds == END:
            n_running -= 1
            finished.append(evaluation)
        else:
            n_told = tell()
            ledger.tell_part([evaluation], seconds)
    tell()
    return Trajectory(
        codes=ledger.codes[finished],
        values=ledger.values[finished],
        centre=ledger.noise_free[finished],
        finish_times=np.array(ledger.finish_times)[finished],
        start_times=np.array(ledger.start_times)[finished],
        repeats=ledger.repeats[finished],
        violations=ledger.violations[finished],
        optimizer_seconds=np.maximum.accumulate(ledger.optimizer_seconds[finished]),
        objectives=problem.objectives,
        config=dict(config or {}),
        provenance={**provenance(problem), "n_workers": n_workers, "synchronous": synchronous},
    )
