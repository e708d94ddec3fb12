"""From a configuration to live objects. Configuration stops here: nothing below sees a config."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException, InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, ListConfig, OmegaConf

from experiments.sweeps.store import identity_of, versions_of
from hwbench_mo import CostModel, InputError, Optimizer, Problem, make_problem
from hwbench_mo.checks import check_count
from hwbench_mo.errors import unknown

CONF = Path(__file__).resolve().parents[2] / "conf"
GROUPS = ("optimizer", "problem", "cost")


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
        """The budget, times as many evaluations as count as one for the optimizer."""
        check_count("budget", self.budget)
        return self.budget * int(getattr(self.optimizer, "multiple", 1))


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
    cfg = cfg.copy()
    config = settings_of(cfg, optimizer_name=optimizer_name, seed=seed)
    problem = make_problem(**config["problem"])
    cost: CostModel = _instantiate(cfg.cost)
    optimizer: Optimizer = _instantiate(cfg.optimizer)(problem, seed=seed)
    identity = identity_of(config, problem, versions_of(optimizer))
    path = path_of(Path(cfg.out), config, problem, identity)
    return Run(
        problem, optimizer, cost, config["budget"], config["n_workers"], config["synchronous"], config, identity, path
    )


def paths_of(cfg: DictConfig, *, optimizer_name: str, seeds: Sequence[Any]) -> Iterator[tuple[Any, Path | InputError]]:
    """Each seed, with where its run goes, or why there can be none; a third of the time of `build`."""
    try:
        first = build(cfg, optimizer_name=optimizer_name, seed=0)
    except InputError as error:
        yield from ((seed, error) for seed in seeds)
        return
    versions = versions_of(first.optimizer)
    for seed in seeds:
        try:
            config = settings_of(cfg, optimizer_name=optimizer_name, seed=seed)
        except InputError as error:
            yield seed, error
        else:
            identity = identity_of(config, first.problem, versions)
            yield seed, path_of(Path(cfg.out), config, first.problem, identity)


def settings_of(cfg: DictConfig, *, optimizer_name: str, seed: Any) -> dict[str, Any]:
    """Resolved, with the name of the optimizer's configuration, without what cannot change the result.

    Sets the seed of ``cfg``.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed is {seed!r}, but must be an integer from 0")
    cfg.seed = seed  # before it is resolved: the seed of the noise follows it
    config: dict[str, Any] = OmegaConf.to_container(cfg, resolve=True)  # type: ignore[assignment]
    for aside in ("out", "seeds"):
        config.pop(aside, None)
    config["optimizer"]["name"] = optimizer_name
    if not isinstance(config["synchronous"], bool):
        raise InputError(f"synchronous is {config['synchronous']!r}, but must be true or false")
    return config


def path_of(out: Path, config: Mapping[str, Any], problem: Problem, identity: str) -> Path:
    """Where the result of a run goes."""
    return out / problem.name / str(config["optimizer"]["name"]) / f"seed-{config['seed']}-{identity[:12]}.parquet"


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
        raise InputError(" ".join(str(error).split())) from None


def check_overrides(arguments: Sequence[str]) -> None:
    """Refuse names of configurations and settings that do not exist, with the valid ones, nearest first.

    Hydra would refuse them too, but in its own words, without the nearest, and after a sweep has begun.
    """
    words = [word for word in arguments if "=" in word and not word.startswith("-")]
    try:
        overrides = OverridesParser.create().parse_overrides(words)
    except HydraException as error:
        raise InputError(" ".join(str(error).split())) from None
    if {"seed", "seeds"} <= {override.key_or_group for override in overrides}:
        raise InputError("seed and seeds are both given, but a job has either")
    base = OmegaConf.load(CONF / "config.yaml")
    chosen: dict[str, list[str]] = {}
    for entry in base.defaults:
        if isinstance(entry, DictConfig):
            chosen |= {str(group): [name] for group, name in entry.items()}
    for override in overrides:
        group = override.key_or_group
        if group in GROUPS:
            swept = override.is_sweep_override()
            chosen[group] = list(override.sweep_string_iterator()) if swept else [str(override.value())]
            for name in chosen[group]:
                if name not in choices(group):
                    raise InputError(f"{unknown(group, name, choices(group))}; --help says what they are")
    settings = [str(key) for key in base if key not in ("defaults", "hydra")] + _settings_of_groups(chosen)
    for override in overrides:
        key = override.key_or_group
        is_plain = not (override.is_add() or override.is_delete() or override.is_force_add())
        if is_plain and key not in (*GROUPS, *settings) and not key.startswith("hydra"):
            raise unknown("setting", key, settings)


def _settings_of_groups(chosen: Mapping[str, Sequence[str]]) -> list[str]:
    """What can be set of the chosen configurations: ``optimizer.pop_size`` and so on."""
    found = []
    for group in GROUPS:
        keys = {str(key): None for name in chosen[group] for key in OmegaConf.load(CONF / group / f"{name}.yaml")}
        found += [f"{group}.{key}" for key in keys if not key.startswith("_")]
    return found


def choices(group: str) -> list[str]:
    """Names of the configurations of a group."""
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))
