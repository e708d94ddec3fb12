"""What is known of an optimizer by its name: read from its configuration and its docstrings."""

import csv
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.utils import get_class
from omegaconf import OmegaConf

from experiments.sweeps.configuration import CONF, choices
from experiments.sweeps.identity import Adapts

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
    """What it is, in a line: the first one of its module."""
    paper: str
    """Authors and year: the first that its docstring names."""
    library: str
    """That which runs it, or ``own``."""
    kind: str
    proposes: str
    """How many at a time."""
    settings: dict[str, Any]
    """With their defaults."""


def facts_of(name: str) -> Facts:
    """The facts of the optimizer of that configuration."""
    settings: dict[Any, Any] = OmegaConf.to_container(  # type: ignore[assignment]
        OmegaConf.load(CONF / "optimizer" / f"{name}.yaml")
    )
    made: Any = get_class(settings["_target_"])
    paper = re.search(r"\(([^()]*\d{4})\)", " ".join(made.__doc__.split()))
    module = sys.modules[made.__module__]
    library = made.library if isinstance(made, Adapts) else None
    return Facts(
        name=name,
        line=(module.__doc__ or "").split("\n")[0],
        paper=paper[1] if paper else "",
        library=library.name if library else "own",
        kind=made.kind,
        proposes=made.proposes,
        settings={str(key): value for key, value in settings.items() if not key.startswith("_")},
    )


def measured_costs(path: Path = COSTS) -> dict[str, str]:
    """Milliseconds a suggestion by the name of the optimizer; none where there is no such file."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {row["name"]: row["milliseconds"] for row in csv.DictReader(file)}


def markdown_table(costs: Path = COSTS) -> str:
    """All optimizers, one row each, with what a suggestion was measured to cost."""
    measured = measured_costs(costs)
    rows = [
        "| name | what it is | paper | library | kind | proposes | ms a suggestion | settings |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for facts in map(facts_of, choices("optimizer")):
        settings = ", ".join(f"`{key}={value}`" for key, value in facts.settings.items()) or "none"
        rows.append(
            f"| `{facts.name}` | {facts.line.removesuffix('.')} | {facts.paper} | {facts.library} | {facts.kind} | "
            f"{facts.proposes} | {measured.get(facts.name, 'not measured')} | {settings} |"
        )
    return "\n".join(rows)
