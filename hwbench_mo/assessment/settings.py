"""What the configuration of a run says: which optimizer, with which settings, and which runs are of one group."""

from collections.abc import Mapping, Sequence
from typing import Any

from hwbench_mo.simulation.trajectory import Trajectory

PLACES = ("problem.table", "problem.devices", "problem.metrics")
"""Where measurements, device tables and metrics of one's own lay. What was there is in the problem's provenance."""
ASIDE = ("seed", "problem.seed", *PLACES, "optimizer.name", "optimizer._partial_")


def optimizer_of(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings of the optimizer, if a configuration has them where the harness has them."""
    optimizer = config.get("optimizer")
    return optimizer if isinstance(optimizer, Mapping) else {}


def name_of(run: Trajectory) -> str:
    """The name of the optimizer, or ``unnamed``."""
    return name_in(run.config)


def name_in(config: Mapping[str, Any]) -> str:
    """The name of the optimizer in a configuration, or ``unnamed``."""
    return str(optimizer_of(config).get("name", "unnamed"))


def settings_of(run: Trajectory) -> dict[str, Any]:
    """What tells groups of one optimizer apart: every setting but the seeds, and `PLACES`."""
    how = {name: run.provenance.get(name) for name in ("n_workers", "synchronous")}
    return settings_in({**run.config, **how})


def settings_in(config: Mapping[str, Any]) -> dict[str, Any]:
    """As `settings_of`, of a configuration that says with how many workers, and whether synchronously."""
    flat = _flat(config)
    for aside in ASIDE:
        flat.pop(aside, None)
    if flat.get("problem.constraints") is None:
        flat.pop("problem.constraints", None)  # as it was before there were any
    if flat.get("optimizer.multiple") == 1:
        del flat["optimizer.multiple"]  # the usual; another one is always named
    return {key.removeprefix("optimizer."): value for key, value in flat.items()}


def _flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Settings of groups by their dotted names."""
    flat: dict[str, Any] = {}
    for key, value in config.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat


def multiple_of(config: Mapping[str, Any]) -> int:
    """How many evaluations count as one in a run of that configuration, as `RandomSearch` has it."""
    multiple = optimizer_of(config).get("multiple", 1)
    return multiple if isinstance(multiple, int) and multiple > 0 else 1


def budget_of(config: Mapping[str, Any]) -> int:
    """The budget of a run of that configuration, or 0 where it has none."""
    budget = config.get("budget", 0)
    return budget if isinstance(budget, int) and budget > 0 else 0


def labels_of(groups: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Name of each group's optimizer, with those settings that tell it from other groups of that name."""
    namesakes: dict[str, list[Mapping[str, Any]]] = {}
    for name, own in groups:
        namesakes.setdefault(name, []).append(own)
    labels = []
    for name, own in groups:
        telling = [key for key in own if key == "multiple" or any(o.get(key) != own[key] for o in namesakes[name])]
        detail = ", ".join(f"{key}={own[key]}" for key in telling)
        labels.append(f"{name} ({detail})" if detail else name)
    return labels
