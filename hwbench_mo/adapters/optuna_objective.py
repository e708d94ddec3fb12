"""A problem as Optuna's objective."""

from collections.abc import Mapping
from typing import Any

from optuna import Trial
from optuna.distributions import CategoricalDistribution
from optuna.trial import FrozenTrial

from hwbench_mo.adapters.genes import code_of_params, parameters, params_of
from hwbench_mo.problems import Problem
from hwbench_mo.typing import Codes, Ints


class OptunaObjective:
    """Suggests an architecture and answers its values; see `hwbench_mo.adapters.to_optuna`."""

    def __init__(self, problem: Problem, /) -> None:
        self.problem = problem
        self.search_space = {
            name: CategoricalDistribution(choices) for name, choices in parameters(problem.space).items()
        }
        """The distribution of each parameter, in the order of a code. Layers that are absent have parameters too."""
        self.metric_names = list(problem.objectives)
        self.directions = ["minimize" if sign > 0 else "maximize" for sign in problem.signs]

    def __call__(self, trial: Trial) -> tuple[float, ...]:
        """The values of the architecture that the trial suggests, each in the direction of its metric."""
        params = {name: trial.suggest_categorical(name, one.choices) for name, one in self.search_space.items()}
        for name, violation in self.violations(params).items():
            trial.set_constraint(name, violation)
        return self.evaluate(params)

    def evaluate(self, params: Mapping[str, Any], /) -> tuple[float, ...]:
        """The values of parameters, each in the direction of its metric."""
        values = self.problem.evaluate(self.codes(params))[0] * self.problem.signs
        return tuple(values.tolist())

    def violations(self, params: Mapping[str, Any], /) -> dict[str, float]:
        """By how much parameters violate each constraint; 0 or less where it is kept."""
        found = self.problem.violations(self.codes(params))[0].tolist()
        return dict(zip(self.problem.constraints, found, strict=True))

    def constraints_func(self, trial: FrozenTrial, /) -> tuple[float, ...]:
        """What `violations` says of a trial's parameters, for samplers and pictures that ask for a function."""
        return tuple(self.violations(trial.params).values())

    def codes(self, params: Mapping[str, Any], /) -> Codes:
        """The canonical code ``[1, d]`` of parameters."""
        return code_of_params(self.problem.space, params)

    def params(self, code: Ints, /) -> dict[str, Any]:
        """The parameters of a code ``[d]``, for `optuna.study.Study.enqueue_trial`."""
        return params_of(self.problem.space, code)
