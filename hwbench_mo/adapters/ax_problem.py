"""A problem in the terms of Ax's client."""

import re
from collections.abc import Mapping
from typing import Any

from hwbench_mo.adapters.genes import code_of_params, parameters, params_of
from hwbench_mo.extras import needs
from hwbench_mo.problems import Problem
from hwbench_mo.typing import Codes, Ints


class AxProblem:
    """What an experiment is configured with, and its answers; see `hwbench_mo.adapters.to_ax`."""

    def __init__(self, problem: Problem, /) -> None:
        with needs("ax"):  # not above: it takes four seconds
            from ax.api.configs import ChoiceParameterConfig

        self.problem = problem
        self.parameters = [
            ChoiceParameterConfig(name, [*choices], "bool" if name == "bias" else "int", is_ordered=True)
            for name, choices in parameters(problem.space).items()
        ]
        """In the order of a code. Layers that are absent have parameters too."""
        self.metric_names = [_symbol(name) for name in problem.objectives]
        """Ax reads an objective as a formula, in which ``latency@a100`` is ``latency_a100``."""
        self.maximised = (problem.signs < 0).tolist()
        signed = zip(self.metric_names, self.maximised, strict=True)
        self.objective = ", ".join(name if maximised else f"-{name}" for name, maximised in signed)
        """Ax maximises; a minus is what it minimises."""
        self.violation_names = [f"{_symbol(name)}_violation" for name in problem.constraints]
        self.outcome_constraints = [f"{name} <= 0" for name in self.violation_names]

    @property
    def objective_thresholds(self) -> list[str]:
        """The reference point, to be given with the outcome constraints; Ax has one for several objectives alone."""
        bounds = (self.problem.reference_point * self.problem.signs).tolist()
        named = zip(self.metric_names, self.maximised, bounds, strict=True)
        return [f"{name} {'>=' if maximised else '<='} {bound}" for name, maximised, bound in named]

    def evaluate(self, params: Mapping[str, Any], /) -> dict[str, float]:
        """The raw data of a trial: each metric in its own direction, and by how much each constraint is violated."""
        code = self.codes(params)
        values = (self.problem.evaluate(code)[0] * self.problem.signs).tolist()
        answers = values + self.problem.violations(code)[0].tolist()
        return dict(zip(self.metric_names + self.violation_names, answers, strict=True))

    def codes(self, params: Mapping[str, Any], /) -> Codes:
        """The canonical code ``[1, d]`` of parameters."""
        return code_of_params(self.problem.space, params)

    def params(self, code: Ints, /) -> dict[str, Any]:
        """The parameters of a code ``[d]``, for `ax.api.client.Client.attach_trial`."""
        return params_of(self.problem.space, code)


def _symbol(name: str) -> str:
    return re.sub(r"\W+", "_", name)
