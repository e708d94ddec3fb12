"""From a configuration to live objects. Configuration stops here: nothing below sees a config."""

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException, InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from hwbench_mo import CostModel, InputError, Optimizer, Problem, make_problem
from hwbench_mo.errors import unknown

CONF = Path(__file__).resolve().parent.parent / "conf"
GROUPS = ("optimizer", "problem", "cost")
NOT_IDENTITY = ("out",)
"""Settings that cannot change the result."""


@dataclass(frozen=True)
class Run:
    """Everything that one run needs."""

    problem: Problem
    optimizer: Optimizer
    cost: CostModel
    budget: int
    n_workers: int
    config: dict[str, Any]
    """Resolved, in plain JSON values, with the name of the optimizer's configuration."""
    path: Path
    """Where the result goes."""


def build(cfg: DictConfig, *, optimizer_name: str) -> Run:
    """The run of a configuration.

    Raises
    ------
    InputError
        If a setting is not as it must be.
    """
    config: dict[str, Any] = OmegaConf.to_container(cfg, resolve=True)  # type: ignore[assignment]
    out = Path(config.pop("out"))
    config["optimizer"]["name"] = optimizer_name
    seed = config["seed"]
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed is {seed!r}, but must be an integer from 0")
    problem = make_problem(**config["problem"])
    try:
        cost: CostModel = instantiate(cfg.cost)
        optimizer: Optimizer = instantiate(cfg.optimizer)(problem, seed=seed)
    except InstantiationException as error:
        if isinstance(error.__cause__, InputError):
            raise error.__cause__ from None
        raise InputError(" ".join(str(error).split())) from None
    digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:8]
    path = out / problem.name / optimizer_name / f"seed-{seed}-{digest}.parquet"
    return Run(problem, optimizer, cost, config["budget"], config["n_workers"], config, path)


def check_overrides(arguments: Sequence[str]) -> None:
    """Refuse names of configurations that do not exist, with the valid ones, nearest first.

    Hydra would list them too, but in its own order and after the sweep has begun.
    """
    words = [word for word in arguments if "=" in word and not word.startswith("-")]
    try:
        overrides = OverridesParser.create().parse_overrides(words)
    except HydraException as error:
        raise InputError(" ".join(str(error).split())) from None
    for override in overrides:
        if override.key_or_group not in GROUPS:
            continue
        names = choices(override.key_or_group)
        wanted = override.sweep_string_iterator() if override.is_sweep_override() else [override.value()]
        for name in wanted:
            if name not in names:
                raise unknown(override.key_or_group, name, names)


def choices(group: str) -> list[str]:
    """Names of the configurations of a group."""
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def report(error: Exception) -> None:
    """Tell a user's mistake in one line."""
    print(f"error: {error}", file=sys.stderr)
