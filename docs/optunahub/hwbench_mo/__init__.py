"""Architectures of language models, by hwbench_mo."""

from __future__ import annotations

from typing import Any

import optuna
import optunahub


try:
    import hwbench_mo as hb
except ModuleNotFoundError:
    raise ModuleNotFoundError("Please install `hwbench_mo` to use this benchmark.") from None


class Problem(optunahub.benchmarks.BaseProblem):
    def __init__(
        self, space: str = "gpt_s", objectives: list[str] | None = None, **settings: Any
    ) -> None:
        """`settings` are those of `hwbench_mo.make_problem`: constraints, noise, seed, repeats, devices."""
        names = ["perplexity", "latency@a100"] if objectives is None else objectives
        self.problem = hb.make_problem(space, names, **settings)
        self._objective = hb.adapters.to_optuna(self.problem)

    @property
    def search_space(self) -> dict[str, optuna.distributions.BaseDistribution]:
        return dict(self._objective.search_space)

    @property
    def directions(self) -> list[optuna.study.StudyDirection]:
        return [optuna.study.StudyDirection[name.upper()] for name in self._objective.directions]

    @property
    def metric_names(self) -> list[str]:
        return list(self._objective.metric_names)

    def evaluate(self, params: dict[str, Any]) -> list[float]:
        return list(self._objective.evaluate(params))

    def evaluate_constraints(self, params: dict[str, Any]) -> dict[str, float]:
        return self._objective.violations(params)

    def pareto_front(self) -> tuple[list[dict[str, Any]], list[list[float]]]:
        """Parameters and values of the exact Pareto front, in the directions of the metrics."""
        front = self.problem.pareto_front()
        values = (front.values * self.problem.signs).tolist()
        return [self._objective.params(code) for code in front.codes], values


__all__ = ["Problem"]
