"""Syne Tune's regularized evolution, without ranking a population that is not full."""

from typing import Any

from syne_tune.optimizer.schedulers.multiobjective import MultiObjectiveRegularizedEvolution
from syne_tune.optimizer.schedulers.searchers.regularized_evolution import PopulationElement


class Evolution(MultiObjectiveRegularizedEvolution):  # type: ignore[misc]
    """Syne Tune ranks after each result; ranks are used only once the population is full."""

    def on_trial_complete(self, trial_id: int, config: dict[str, Any], metrics: list[float]) -> None:
        if len(self.population) < self.population_size - 1:
            self.population.append(PopulationElement(results=metrics, config=config))
        else:
            super().on_trial_complete(trial_id, config, metrics)
