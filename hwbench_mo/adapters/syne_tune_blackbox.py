"""A problem as Syne Tune's black box."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from syne_tune.blackbox_repository.blackbox import Blackbox
from syne_tune.config_space import randint

from hwbench_mo.adapters.genes import codes_from
from hwbench_mo.adapters.syne_tune import code_of, config_space
from hwbench_mo.checks import MOST_REPEATS
from hwbench_mo.problems import Problem
from hwbench_mo.simulation.cost import Cost
from hwbench_mo.typing import Codes, Ints, Values

ELAPSED_TIME = "elapsed_time"
"""The simulated seconds since the start of an evaluation, among the objectives of a black box."""
REPEATS = "repeats"
"""The fidelity: how many measurements are averaged."""


class SyneTuneBlackbox(Blackbox):  # type: ignore[misc]
    """Repeats of a measurement as fidelity; see `hwbench_mo.adapters.to_syne_tune`."""

    def __init__(self, problem: Problem, cost: Cost, /) -> None:
        super().__init__(
            configuration_space=config_space(problem.space),
            fidelity_space={REPEATS: randint(1, MOST_REPEATS)},
            objectives_names=[*problem.objectives, ELAPSED_TIME],
        )
        self.problem, self.cost = problem, cost

    @property
    def fidelity_values(self) -> Ints:
        """Repeats, 1 to 10."""
        return np.arange(1, MOST_REPEATS + 1)

    def _objective_function(
        self, configuration: dict[str, Any], fidelity: Mapping[str, int] | None = None, seed: int | None = None
    ) -> Any:
        """Values and seconds ``[k, m + 1]`` at every fidelity, or by name at the given one."""
        code = codes_from(self.problem.space, code_of(self.problem.space, configuration))
        repeats = self.fidelity_values if fidelity is None else np.array([fidelity[REPEATS]])
        rows = self._rows(np.repeat(code, len(repeats), axis=0), repeats, seed)
        return rows if fidelity is None else dict(zip(self.objectives_names, rows[0].tolist(), strict=True))

    def _rows(self, codes: Codes, repeats: Ints, seed: int | None) -> Values:
        values = self.problem.evaluate(codes, repeats=repeats, seed=seed)
        names = self.cost.targets(self.problem)
        answers = self.problem.benchmark.kernel(names)(codes) if names else np.empty((len(codes), 0))
        seconds = self.cost.durations(self.problem, codes, answers, repeats=repeats, done=np.zeros_like(repeats)).whole
        return np.column_stack([values, seconds])
