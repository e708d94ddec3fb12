"""What Hydra makes of configurations: composed, resolved, instantiated."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.errors import HydraException, InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments.sweeps import catalogue
from experiments.sweeps.catalogue import choices, loaded
from hwbench_mo import InputError, Optimizer
from hwbench_mo.errors import unknown

GROUPS = ("optimizer", "problem", "cost")
NEEDED = (*GROUPS, "seed", "budget", "n_workers", "synchronous")
"""What a run cannot be without."""


def composed(overrides: Sequence[str]) -> tuple[DictConfig, str]:
    """The configuration of one job, without Hydra's own part, and the name of its optimizer.

    Raises
    ------
    InputError
        If Hydra refuses it.
    """
    try:
        with initialize_config_dir(version_base="1.3", config_dir=str(catalogue.CONF)):
            places = [f"hydra.searchpath=[{','.join(map(_quoted, catalogue.folders))}]"] if catalogue.folders else []
            cfg = compose("config", overrides=[*overrides, *places], return_hydra_config=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise InputError(in_one_line(error)) from None
    return OmegaConf.masked_copy(cfg, [str(key) for key in cfg if key != "hydra"]), cfg.hydra.runtime.choices.optimizer


def resolved(cfg: DictConfig, optimizer_name: str) -> dict[str, Any]:
    """In plain values, with the name of the optimizer's configuration.

    Raises
    ------
    InputError
        If it refers to what is not there, or lacks what a run needs.
    """
    try:
        config: dict[str, Any] = OmegaConf.to_container(cfg, resolve=True)  # type: ignore[assignment]
    except OmegaConfBaseException as error:
        raise InputError(in_one_line(error)) from None
    for name in NEEDED:
        if name not in config:
            raise InputError(f"{name} is missing, but a run needs it")
    for group in GROUPS:
        if not isinstance(config[group], dict):
            raise InputError(f"{group} is {config[group]!r}, but must have settings")
    config["optimizer"]["name"] = optimizer_name
    return config


def instantiated(cfg: Any) -> Any:
    """What a configuration says is to be made, by its ``_target_``.

    Raises
    ------
    InputError
        If it cannot be made.
    """
    try:
        return instantiate(cfg)
    except InstantiationException as error:
        if isinstance(error.__cause__, InputError):
            raise error.__cause__ from None
        raise InputError(in_one_line(error)) from None


def optimizer_named(name: str) -> Callable[..., Optimizer]:
    """The optimizer of a configuration, to be called as ``optimizer(problem, seed=…)``.

    Raises
    ------
    InputError
        If there is no such configuration.
    """
    if name not in choices("optimizer"):
        raise unknown("optimizer", name, choices("optimizer"))
    made: Callable[..., Optimizer] = instantiated(loaded("optimizer", name))
    return made


def _quoted(folder: Path) -> str:
    """As Hydra's grammar takes any path."""
    path = str(folder).replace("\\", "\\\\").replace("'", "\\'")
    return f"'file://{path}'"


def in_one_line(error: Exception) -> str:
    """What Hydra or OmegaConf say, and the reason, if they give another one."""
    told, reason = str(error), str(error.__cause__ or "")
    return " ".join((told if reason in told else f"{told}: {reason}").split())
