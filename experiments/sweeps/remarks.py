"""Settings that make less of an optimizer than its name says."""

from collections.abc import Mapping
from typing import Any

from hwbench_mo.assessment.settings import multiple_of

POPULATIONS = ("pop_size", "population_size")


def remark_on(config: Mapping[str, Any]) -> str:
    """What to know of a run of that configuration, in a line; empty if nothing.

    Examples
    --------
    >>> remark_on({"budget": 50, "optimizer": {"name": "nsga2", "pop_size": 1000}})
    'nsga2 is a random search: its first generation, pop_size=1000, takes the whole budget of 50 evaluations'
    >>> remark_on({"budget": 1000, "optimizer": {"name": "nsga2", "pop_size": 100}})
    ''
    """
    optimizer, budget = config.get("optimizer"), config.get("budget")
    if not isinstance(optimizer, Mapping) or not isinstance(budget, int):
        return ""
    for setting in POPULATIONS:
        size = optimizer.get(setting)
        if isinstance(size, int) and size >= budget * multiple_of(config):
            generation = f"its first generation, {setting}={size}, takes the whole budget of {budget} evaluations"
            return f"{optimizer.get('name', 'unnamed')} is a random search: {generation}"
    return ""
