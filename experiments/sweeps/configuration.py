"""From a configuration to live objects. Configuration stops here: nothing below sees a config."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.errors import HydraException, InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError  # type: ignore[import-untyped]

from experiments.sweeps.identity import code_of, identity_of, versions_of
from experiments.sweeps.store import path_of
from hwbench_mo import CostModel, InputError, Optimizer, Problem, make_problem
from hwbench_mo.assessment.comparison import multiple_of
from hwbench_mo.checks import check_count, check_flag, check_seed
from hwbench_mo.errors import unknown

CONF = Path(__file__).resolve().parents[2] / "conf"


@dataclass(frozen=True)
class Run:
    """Everything that one run needs."""

    problem: Problem
    optimizer: Optimizer
    cost: CostModel
    budget: int
    n_workers: int
    synchronous: bool
    config: dict[str, Any]
    """Resolved, in plain JSON values, with the name of the optimizer's configuration."""
    identity: str
    """The hash of what decides the result."""
    path: Path
    """Where the result goes; the identity is part of it."""

    @property
    def n_evaluations(self) -> int:
        """The budget, times as many evaluations as count as one."""
        check_count("budget", self.budget)
        return self.budget * multiple_of(self.config)


def composed(overrides: Sequence[str]) -> tuple[DictConfig, str]:
    """The configuration of one job, without Hydra's own part, and the name of its optimizer.

    Raises
    ------
    InputError
        If Hydra refuses it.
    """
    try:
        with initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
            cfg = compose("config", overrides=list(overrides), return_hydra_config=True)
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        raise InputError(in_one_line(error)) from None
    return OmegaConf.masked_copy(cfg, [str(key) for key in cfg if key != "hydra"]), cfg.hydra.runtime.choices.optimizer


def in_one_line(error: Exception) -> str:
    """What Hydra or OmegaConf say, and the reason, if they give one."""
    reason = f": {error.__cause__}" if error.__cause__ else ""
    return " ".join(f"{error}{reason}".split())


def seeds_of(cfg: DictConfig) -> list[Any]:
    """The seeds of a job: ``seeds``, which is a list, or a number of them from 0; or else the one ``seed``.

    Raises
    ------
    InputError
        If ``seeds`` are none of these, or name one twice.
    """
    seeds = OmegaConf.to_container(cfg).get("seeds")  # type: ignore[union-attr]
    if seeds is None:
        return [cfg.seed]
    if isinstance(seeds, list):
        if not seeds or len(set(map(str, seeds))) < len(seeds):
            raise InputError(f"seeds are {seeds}, but a list of them must name some, each once")
        return seeds
    check_count("seeds", seeds)
    return list(range(seeds))


def build(cfg: DictConfig, *, optimizer_name: str, seed: Any) -> Run:
    """The run of a configuration with that seed.

    Raises
    ------
    InputError
        If a setting is not as it must be.
    """
    cfg = _seeded(cfg, seed)
    config = _settings_of(cfg, optimizer_name)
    problem = make_problem(**config["problem"])
    cost: CostModel = _instantiate(cfg.cost)
    optimizer: Optimizer = _instantiate(cfg.optimizer)(problem, seed=seed)
    identity = identity_of(config, problem, versions_of(optimizer), code_of(optimizer, cost))
    path = Path(cfg.out) / path_of(config, problem, identity)
    return Run(
        problem, optimizer, cost, config["budget"], config["n_workers"], config["synchronous"], config, identity, path
    )


def planned_runs(
    cfg: DictConfig, *, optimizer_name: str, seeds: Sequence[Any]
) -> Iterator[tuple[Any, tuple[str, Path] | InputError]]:
    """Each seed, with the identity of its run and the path in ``out``, or why there can be none.

    That takes a third of the time of `build`.
    """
    try:
        first = build(cfg, optimizer_name=optimizer_name, seed=0)
    except InputError as error:
        yield from ((seed, error) for seed in seeds)
        return
    made_by = versions_of(first.optimizer), code_of(first.optimizer, first.cost)
    for seed in seeds:
        try:
            config = _settings_of(_seeded(cfg, seed), optimizer_name)
        except InputError as error:
            yield seed, error
        else:
            identity = identity_of(config, first.problem, *made_by)
            yield seed, (identity, path_of(config, first.problem, identity))


def _seeded(cfg: DictConfig, seed: Any) -> DictConfig:
    """A copy with that seed, not resolved yet: the seed of the noise follows it."""
    check_seed(seed)
    copy = cfg.copy()
    copy.seed = seed
    return copy


def _settings_of(cfg: DictConfig, optimizer_name: str) -> dict[str, Any]:
    """Resolved, with the name of the optimizer's configuration, without what cannot change the result."""
    config: dict[str, Any] = OmegaConf.to_container(cfg, resolve=True)  # type: ignore[assignment]
    for aside in ("out", "seeds"):
        config.pop(aside, None)
    config["optimizer"]["name"] = optimizer_name
    check_flag("synchronous", config["synchronous"])
    return config


def optimizer_named(name: str) -> Callable[..., Optimizer]:
    """The optimizer of a configuration, to be called as ``optimizer(problem, seed=…)``.

    Raises
    ------
    InputError
        If there is no such configuration.
    """
    if name not in choices("optimizer"):
        raise unknown("optimizer", name, choices("optimizer"))
    made: Callable[..., Optimizer] = _instantiate(OmegaConf.load(CONF / "optimizer" / f"{name}.yaml"))
    return made


def _instantiate(cfg: DictConfig | ListConfig) -> Any:
    try:
        return instantiate(cfg)
    except InstantiationException as error:
        if isinstance(error.__cause__, InputError):
            raise error.__cause__ from None
        raise InputError(in_one_line(error)) from None


def choices(group: str) -> list[str]:
    """Names of the configurations of a group, such as ``optimizer`` or ``hydra/launcher``."""
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))
