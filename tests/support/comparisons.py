"""Comparisons of runs whose final regrets are given."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from hwbench_mo import Problem, make_problem
from hwbench_mo.assessment import INDICATORS, Comparison, Group, RunCurves
from hwbench_mo.assessment.checkpoints import checkpoints
from hwbench_mo.assessment.run_curves import TARGETS


@lru_cache
def problem_named(space: str, *objectives: str) -> Problem:
    """One of the same name each time."""
    return make_problem(space, objectives)


def run_of(
    final: float, seed: int, *, budget: int = 100, front: Sequence[Sequence[float]] = ((0.5, 0.5),)
) -> RunCurves:
    """A run whose regret falls evenly, on logarithmic axes, from 1 to ``final``; of normalised values."""
    evaluations = checkpoints(budget)
    shares = np.log(evaluations) / np.log(max(budget, 2))
    regret = np.power(max(final, 1e-6), shares) if budget > 1 else np.array([final])
    regret[-1] = final
    reached = [evaluations[regret <= target] for target in TARGETS]
    return RunCurves(
        seed=seed,
        identity=f"{seed:064x}",
        budget=budget,
        evaluations=evaluations,
        hours=evaluations / 10,
        seconds=evaluations / 100,
        indicators={name: 1 - regret if what.larger_is_better else regret for name, what in INDICATORS.items()},
        runtimes=np.array([float(found[0]) if len(found) else np.nan for found in reached]),
        front=np.array(front, dtype=np.float64),
        optimism=0.0,
    )


def group_of(label: str, finals: Sequence[float], *, budget: int = 100, **config: Any) -> Group:
    """Runs of the seeds 0, 1, …"""
    runs = [run_of(float(final), seed, budget=budget) for seed, final in enumerate(finals)]
    return Group(label, runs, {"optimizer": {"name": label}, **config})


def comparison_of(
    finals: Mapping[str, Sequence[float]],
    *,
    space: str = "gpt_s",
    objectives: Sequence[str] = ("perplexity", "latency@a100"),
    budgets: Mapping[str, int] | None = None,
    **config: Any,
) -> Comparison:
    """Of each optimizer the final regrets of its runs."""
    budgets = budgets or {}
    groups = [group_of(label, own, budget=budgets.get(label, 100), **config) for label, own in finals.items()]
    budget = min(group.budget for group in groups)
    groups.sort(key=lambda group: float(np.median(group.at(budget))))
    return Comparison(problem_named(space, *objectives), groups)
