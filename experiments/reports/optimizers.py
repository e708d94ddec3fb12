"""The table of optimizers: what they declare, their settings, and what a suggestion was measured to cost."""

import csv
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.utils import get_class
from omegaconf import OmegaConf

from experiments.sweeps.catalogue import CONF, loaded, shipped
from hwbench_mo import InputError
from hwbench_mo.terminal import NONE, STRONG, Grid
from optimizers.shared import Described

COSTS = CONF.parent / "docs" / "optimizers.csv"
"""Measured by ``python -m studies.suggestion_cost``."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One optimizer.

    >>> facts_of("nsga2").paper, facts_of("nsga2").library, facts_of("nsga2").kind
    ('Deb, Pratap, Agarwal & Meyarivan, 2002', 'pymoo', 'population')
    """

    name: str
    line: str
    """The first line of its module."""
    paper: str
    library: str
    """The library that runs it, or ``own``."""
    kind: str
    handles_constraints: bool
    """Whether it is told violations; the others are told the objectives alone."""
    settings: dict[str, Any]
    """With their defaults."""


def facts_of(name: str) -> Facts:
    """The facts of the optimizer of a configuration.

    Raises
    ------
    InputError
        If its class does not declare what `Described` lists.
    """
    settings: dict[Any, Any] = OmegaConf.to_container(loaded("optimizer", name))  # type: ignore[assignment]
    made: Any = get_class(settings["_target_"])
    if not isinstance(made, Described):
        raise InputError(f"optimizer {name} is {made.__qualname__}, which must declare library, paper and kind")
    return Facts(
        name=name,
        line=(sys.modules[made.__module__].__doc__ or "").split("\n")[0],
        paper=made.paper,
        library=made.library.name if made.library else "own",
        kind=made.kind,
        handles_constraints=callable(getattr(made, "tell_constrained", None)),
        settings={str(key): value for key, value in settings.items() if not key.startswith("_")},
    )


def line_of(name: str) -> str:
    """What the optimizer of a configuration is, in a line; of one of a user's, as far as it says."""
    if name in shipped("optimizer"):
        return facts_of(name).line
    try:
        made: Any = get_class(loaded("optimizer", name)["_target_"])
    except Exception as error:  # of the user's own module as well: help is for those who do not know yet
        return f"cannot be loaded: {' '.join(str(error).split())}"
    return next(iter((made.__doc__ or f"{made.__module__}.{made.__qualname__}").strip().split("\n")))


def measured_costs(path: Path = COSTS) -> dict[str, dict[str, str]]:
    """``batch_size`` and ``milliseconds`` by the name of the optimizer; none if there is no such file."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {row.pop("name"): row for row in csv.DictReader(file)}


def grid(costs: Path = COSTS) -> Grid:
    """All optimizers, one row each, for a terminal."""
    measured = measured_costs(costs)
    rows = []
    for facts in map(facts_of, shipped("optimizer")):
        cost = measured.get(facts.name, {}).get("milliseconds", NONE)
        limits = "told" if facts.handles_constraints else NONE
        what = facts.line.removesuffix(".").removesuffix(f", by {facts.library}")
        rows.append([facts.name, what, facts.library, facts.kind, limits, cost])
    return Grid(
        headings=["name", "what it is", "library", "kind", "limits", "ms each"],
        rows=rows,
        left=(0, 1, 2, 3, 4),
        cell_styles={(at, 0): STRONG for at in range(len(rows))},
    )


def markdown_table(costs: Path = COSTS) -> str:
    """All optimizers, one row each."""
    measured = measured_costs(costs)
    rows = [
        "| name | what it is | paper | library | kind | constraints | batch size | ms a suggestion | settings |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for facts in map(facts_of, shipped("optimizer")):
        cost = measured.get(facts.name, dict.fromkeys(("batch_size", "milliseconds"), "not measured"))
        settings = ", ".join(f"`{key}={value}`" for key, value in facts.settings.items()) or "none"
        rows.append(
            f"| `{facts.name}` | {facts.line.removesuffix('.')} | {facts.paper} | {facts.library} | {facts.kind} | "
            f"{'yes' if facts.handles_constraints else 'no'} | "
            f"{cost['batch_size']} | {cost['milliseconds']} | {settings} |"
        )
    return "\n".join(rows)
