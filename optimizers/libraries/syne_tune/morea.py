"""Syne Tune's regularized evolution, sped up. Apart from its adapter, because it needs Syne Tune to be imported."""

from typing import Any

from syne_tune.optimizer.schedulers.multiobjective import MultiObjectiveRegularizedEvolution
from syne_tune.optimizer.schedulers.searchers.regularized_evolution import PopulationElement


class Evolution(MultiObjectiveRegularizedEvolution):  # type: ignore[misc]
    """Syne Tune's, which ranks the population after each result, also while it is not full and nobody asks."""

    def on_trial_complete(self, trial_id: int, config: dict[str, Any], metrics: list[float]) -> None:
        if len(self.population) < self.population_size - 1:
            self.population.append(PopulationElement(results=metrics, config=config))
        else:
            super().on_trial_complete(trial_id, config, metrics)


def evolution(config_space: dict[str, Any], **settings: Any) -> Evolution:
    """The searcher."""
    return Evolution(config_space, **settings)
