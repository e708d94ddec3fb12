"""What is kept of a run: its indicators at checkpoints, and its front."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hwbench_mo.assessment.checkpoints import checkpoints
from hwbench_mo.assessment.feasible import judged
from hwbench_mo.assessment.indicators import INDICATORS, indicator_values
from hwbench_mo.assessment.regret import regret_of_values
from hwbench_mo.assessment.settings import budget_of, multiple_of
from hwbench_mo.errors import InputError
from hwbench_mo.pareto.dominance import nondominated
from hwbench_mo.problems import Problem
from hwbench_mo.simulation.trajectory import Trajectory
from hwbench_mo.typing import Floats, Ints, Values

TARGETS = 10.0 ** -np.linspace(0, 4, 41)
"""Regrets to which runtimes are taken, descending."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RunCurves:
    """A run at k checkpoints. Everything is of noise-free values."""

    seed: int | None
    identity: str
    """The hash of what decides the result; of a run without one, that of the result."""
    budget: int
    """In evaluations; that of the configuration, where a run can end before it with nothing left to propose."""
    evaluations: Ints
    """``[k]``; where several evaluations count as one (random search with a multiple of the budget), so counted."""
    hours: Floats
    """``[k]``; simulated hours until then."""
    seconds: Floats
    """``[k]``; seconds that the optimizer itself had taken until then; NaN where they were not recorded."""
    indicators: dict[str, Floats]
    """``[k]`` each, by the names in `INDICATORS`."""
    runtimes: Floats
    """``[t]``; at which evaluation the regret was first at most each of `TARGETS`; NaN where it never was."""
    front: Values
    """``[f, m]``; the non-dominated values of the whole run, of feasible architectures; none, if it found none."""
    optimism: float
    """How much lower the final regret is by the values that the optimizer observed than by the noise-free ones."""

    def __repr__(self) -> str:
        found = f"{self.budget} evaluations, {len(self.front)} on the front"
        return f"RunCurves(seed {self.seed}, {self.identity[:12]}: {found})"


def curves_of(
    problem: Problem, run: Trajectory, *, identity: str = "", indicators: Sequence[str] = tuple(INDICATORS)
) -> RunCurves:
    """The curves of a run on a problem.

    Raises
    ------
    InputError
        If the run has no evaluation, other objectives, or values that are not finite.
    """
    if run.objectives != problem.objectives:
        raise InputError(f"the run is of {', '.join(run.objectives)}, but the problem of {problem.name}")
    if not len(run):
        raise InputError("the run has no evaluations")
    multiple, seed = multiple_of(run.config), run.config.get("seed")
    n_counted = -(-len(run) // multiple)
    counted = checkpoints(n_counted)
    ends = np.minimum(counted * multiple, len(run))
    counted_values = judged(problem, run, run.centre)
    regrets = regret_of_values(problem, counted_values)
    found = indicator_values(problem, counted_values, ends, regrets=regrets, names=indicators)
    optimism = 0.0
    if not np.array_equal(run.values, run.centre):
        optimism = float(regrets[-1] - regret_of_values(problem, judged(problem, run, run.values))[-1])
    return RunCurves(
        seed=seed if isinstance(seed, int) else None,
        identity=identity,
        budget=max(n_counted, budget_of(run.config)),
        evaluations=counted,
        hours=run.finish_times[ends - 1] / 3600,
        seconds=run.optimizer_seconds[ends - 1],
        indicators=found,
        runtimes=_runtimes(regrets, multiple),
        front=run.centre[run.feasible][nondominated(run.centre[run.feasible])],
        optimism=optimism,
    )


def _runtimes(regrets: Floats, multiple: int) -> Floats:
    first = np.searchsorted(-regrets, -TARGETS)  # regrets descend
    return np.where(first < len(regrets), first // multiple + 1.0, np.nan)
