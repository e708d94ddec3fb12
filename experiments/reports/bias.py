"""The bias of the surrogates on measured rows, and how the selection by an optimizer changes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hwbench_mo import Optimizer, Problem, Trajectory, regret_curve, simulate
from hwbench_mo.pareto.dominance import nondominated
from hwbench_mo.progress import steps
from hwbench_mo.typing import Codes, Floats, Ints, Values

SETS = ("random rows", "visited", "final set")
"""Where bias is reported: on random rows, as many as were visited; on all visited rows; on those that are
non-dominated within their run, of feasible ones alone."""


@dataclass(frozen=True)
class Replay:
    """Runs of one optimizer on measured rows, with the surrogates' predictions of the same architectures.

    Parameters
    ----------
    problem
        Objectives are the measurements of the rows.
    surrogate
        The same objectives, predicted by the surrogates.
    runs
        One for each seed.
    """

    problem: Problem
    surrogate: Problem
    runs: Sequence[Trajectory]

    def codes(self, which: str) -> Codes:
        """``[n, d]``; the architectures of one of `SETS`, over all runs."""
        space = self.problem.space
        if which == "random rows":
            drawn = [space.sample(len(run), np.random.default_rng(seed)) for seed, run in enumerate(self.runs)]
            return np.concatenate(drawn)
        if which == "visited":
            return np.concatenate([run.codes for run in self.runs])
        return np.concatenate([run.codes[final_set(run)] for run in self.runs])

    def bias(self, which: str) -> Floats:
        """``[n, m]``; predicted / measured - 1."""
        codes = self.codes(which)
        bias: Floats = self.surrogate.evaluate(codes, noise="none") / self.problem.evaluate(codes, noise="none") - 1
        return bias

    def quartiles(self, which: str) -> Values:
        """``[3, m]``; of the bias. NaN where no architecture is of that set: no run found a feasible one."""
        bias = self.bias(which)
        return np.quantile(bias, [0.25, 0.5, 0.75], axis=0) if len(bias) else np.full((3, bias.shape[1]), np.nan)

    def regrets(self) -> Floats:
        """``[runs]``; final hypervolume regret of each run against the exact front of the measured rows."""
        return np.array([regret_curve(self.problem, run)[-1] for run in self.runs])

    def chosen(self) -> tuple[Values, float]:
        """Measured values of the rows that are non-dominated by the surrogates, and their hypervolume regret.

        All measured rows are candidates. Regret is against the exact front of the measured values. With constraints,
        the surrogates choose among the rows that they predict to be feasible, and those that are so by their
        measurements count; where none does, the regret is 1.
        """
        codes = np.array(list(self.problem.space.enumerate()))
        taken = codes[self.surrogate.feasible(codes)]
        if len(taken):
            taken = taken[nondominated(self.surrogate.evaluate(taken, noise="none"))]
        taken = taken[self.problem.feasible(taken)]
        measured = self.problem.evaluate(taken, noise="none")
        return measured, float(regret_curve(self.problem, measured)[-1]) if len(taken) else 1.0


def final_set(run: Trajectory) -> Ints:
    """Which evaluations of a run are non-dominated among the feasible ones, by noise-free values; none if none is."""
    feasible = np.flatnonzero(run.feasible)
    return feasible[nondominated(run.centre[feasible])] if len(feasible) else feasible


def replay(
    problem: Problem, surrogate: Problem, optimizer: Callable[..., Optimizer], *, n_seeds: int, budget: int
) -> Replay:
    """Run an optimizer on measured rows with the seeds 0, 1, ….

    Parameters
    ----------
    optimizer
        Called as ``optimizer(problem, seed=…)``.
    """
    with steps("replay", n_seeds * budget, unit="eval") as done:
        runs = [
            simulate(problem, optimizer(problem, seed=seed), budget=budget, progress=done) for seed in range(n_seeds)
        ]
    return Replay(problem, surrogate, runs)


def bias_table(replayed: Replay) -> pd.DataFrame:
    """One row an objective and set: quartiles of predicted / measured - 1 over ``n`` architectures."""
    rows = []
    for which in SETS:
        quartiles, n = replayed.quartiles(which), len(replayed.codes(which))
        for objective, (low, median, high) in zip(replayed.problem.objectives, quartiles.T, strict=True):
            rows.append({"objective": objective, "over": which, "n": n, "q25": low, "median": median, "q75": high})
    table = pd.DataFrame(rows)
    return table.sort_values("objective", key=lambda names: names.map(replayed.problem.objectives.index), kind="stable")
