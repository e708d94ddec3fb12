"""A problem as a function that Nevergrad minimises."""

from collections.abc import Callable, Mapping
from typing import Any

import nevergrad as ng
import numpy as np

from hwbench_mo.adapters.genes import code_of_params, params_of
from hwbench_mo.problems import Problem
from hwbench_mo.typing import Codes, Floats, Ints

LAYERED = ("mlp_ratio", "n_head")
"""Parameters that have a value for each layer."""


class NevergradObjective:
    """Answers the values of an architecture, all minimised; see `hwbench_mo.adapters.to_nevergrad`."""

    def __init__(self, problem: Problem, /) -> None:
        self.problem = problem
        space = problem.space
        slots = space.n_slots
        self.parametrization = ng.p.Dict(
            embed_dim=ng.p.TransitionChoice(space.embed_dim),
            n_layer=ng.p.TransitionChoice(space.n_layer),
            bias=ng.p.TransitionChoice(space.bias),
            mlp_ratio=ng.p.TransitionChoice(space.mlp_ratio, repetitions=slots),
            n_head=ng.p.TransitionChoice(space.n_head, repetitions=slots),
        )
        """The fields of an architecture, with values for layers that are absent too."""
        self.constraint_violation = [self._violation(column) for column in range(len(problem.constraints))]
        """For `minimize`; above 0 where a constraint is violated."""

    def __call__(self, params: Mapping[str, Any], /) -> Floats:
        """Values ``[m]``; accuracy is negated."""
        (values,) = self.problem.evaluate(self.codes(params))
        return np.asarray(values)

    def feasible(self, params: Mapping[str, Any], /) -> bool:
        """Whether parameters keep every constraint: Nevergrad's ``pareto_front`` also holds those that do not."""
        return bool(self.problem.feasible(self.codes(params))[0])

    def codes(self, params: Mapping[str, Any], /) -> Codes:
        """The canonical code ``[1, d]`` of parameters."""
        layers = {f"{name}[{slot}]": one for name in LAYERED for slot, one in enumerate(params[name])}
        return code_of_params(self.problem.space, {**params, **layers})

    def params(self, code: Ints, /) -> dict[str, Any]:
        """The parameters of a code ``[d]``, for `suggest`."""
        flat = params_of(self.problem.space, code)
        layers = {name: tuple(one for key, one in flat.items() if key.startswith(f"{name}[")) for name in LAYERED}
        return {name: flat[name] for name in ("embed_dim", "n_layer", "bias")} | layers

    def _violation(self, column: int) -> Callable[[Mapping[str, Any]], float]:
        return lambda params: float(self.problem.violations(self.codes(params))[0, column])
