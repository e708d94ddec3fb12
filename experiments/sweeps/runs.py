"""From a configuration to live objects. Configuration stops here: nothing below sees a config."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from experiments.sweeps.configuration import in_one_line, instantiated, resolved
from experiments.sweeps.identity import code_of, identity_of, versions_of
from experiments.sweeps.store import path_of
from hwbench_mo import InputError, Optimizer, Problem, make_problem
from hwbench_mo.assessment.settings import multiple_of
from hwbench_mo.benchmark.fleet import feasible_front
from hwbench_mo.benchmark.named_metrics import metrics_named
from hwbench_mo.checks import check_count, check_flag, check_seed
from hwbench_mo.errors import unknown
from hwbench_mo.problems.shared_start import SharedStart, with_shared_start
from hwbench_mo.simulation.cost import Cost

INITIAL = ("own", "shared")
"""Whose first architectures an optimizer begins with."""


@dataclass(frozen=True)
class Run:
    """Everything that one run needs."""

    problem: Problem
    optimizer: Optimizer
    cost: Cost
    budget: int
    n_workers: int
    synchronous: bool
    config: dict[str, Any]
    """Resolved, in plain JSON values, with the name of the optimizer's configuration."""
    identity: str
    """The hash of what decides the result."""
    path: Path
    """Where the result goes; the identity is part of it."""
    start: SharedStart | None = None
    """The first architectures, where optimizers share them."""

    @property
    def n_evaluations(self) -> int:
        """The budget, times as many evaluations as count as one."""
        return self.budget * multiple_of(self.config)


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
    for name in ("budget", "n_workers"):  # before there is a path: a mistake leaves nothing behind
        check_count(name, config[name])
    settings = dict(config["problem"])
    settings["metrics"] = metrics_named(settings.get("metrics"), place="problem.metrics")
    check_call("the problem", make_problem, **settings)
    problem = make_problem(**settings)
    if problem.constraints:  # a run where nothing is feasible could not be judged
        feasible_front(problem.benchmark, problem.objectives[:1], problem.constraints)
    cost = instantiated(cfg.cost)
    if not isinstance(cost, Cost):
        raise InputError(
            f"the cost is {cost!r}, but must be one as hwbench_mo.CostModel; its _target_ says what is made"
        )
    make = instantiated(cfg.optimizer)
    check_call(f"optimizer {optimizer_name}", make, problem, seed=seed)
    started, start = with_shared_start(problem, seed=seed) if config.get("initial") == "shared" else (problem, None)
    optimizer: Optimizer = make(started, seed=seed)
    made_by = versions_of(optimizer), code_of(optimizer, cost)
    identity = identity_of(config, problem, *made_by, targets=cost.targets(problem))
    path = Path(cfg.out) / path_of(config, problem, identity)
    return Run(
        problem=problem,
        optimizer=optimizer,
        cost=cost,
        budget=config["budget"],
        n_workers=config["n_workers"],
        synchronous=config["synchronous"],
        config=config,
        identity=identity,
        path=path,
        start=start,
    )


def check_call(what: str, make: Any, /, *arguments: object, **settings: object) -> None:
    """Refuse settings that a constructor or function does not take, or lacks, before it is called.

    Examples
    --------
    >>> check_call("optimizer mine", lambda problem, *, seed, size=3: None, "problem", seed=0, sise=4)
    Traceback (most recent call last):
    hwbench_mo.errors.InputError: unknown setting of optimizer mine 'sise'; valid, nearest first: size
    """
    if not callable(make):
        needs = "its configuration needs a _target_, and _partial_: true"
        raise InputError(f"{what} is {make!r}, which cannot be called; {needs}")
    called, keywords = (make.func, {**make.keywords, **settings}) if isinstance(make, partial) else (make, settings)
    try:
        signature = inspect.signature(called)
    except ValueError:
        return  # some builtins do not say what they take
    parameters = signature.parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    for name in keywords:
        if name not in parameters and not takes_any:
            raise unknown(f"setting of {what}", name, [key for key in [*parameters][len(arguments) :] if key != "seed"])
    try:
        signature.bind(*arguments, **keywords)
    except TypeError as error:
        raise InputError(f"{what}: {error}") from None


def planned_runs(
    cfg: DictConfig, *, optimizer_name: str, seeds: Sequence[Any]
) -> Iterator[tuple[Any, tuple[str, Path] | str]]:
    """Each seed, with the identity of its run and the path in ``out``, or why there can be none.

    That takes a third of the time of `build`.
    """
    try:
        first = build(cfg, optimizer_name=optimizer_name, seed=0)
    except Exception as error:  # of an optimizer's own code as well: other runs of a sweep can be made
        why = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {in_one_line(error)}"
        yield from ((seed, why) for seed in seeds)
        return
    made_by = versions_of(first.optimizer), code_of(first.optimizer, first.cost)
    for seed in seeds:
        try:
            config = _settings_of(_seeded(cfg, seed), optimizer_name)
        except InputError as error:
            yield seed, str(error)
        else:
            identity = identity_of(config, first.problem, *made_by, targets=first.cost.targets(first.problem))
            yield seed, (identity, path_of(config, first.problem, identity))


def _seeded(cfg: DictConfig, seed: Any) -> DictConfig:
    """A copy with that seed, not resolved yet: the seed of the noise follows it."""
    check_seed(seed)
    copy = cfg.copy()
    copy.seed = seed
    return copy


def _settings_of(cfg: DictConfig, optimizer_name: str) -> dict[str, Any]:
    """`resolved`, without what cannot change the result."""
    config = resolved(cfg, optimizer_name)
    for aside in ("out", "seeds"):
        config.pop(aside, None)
    for name in ("constraints", "metrics"):  # as it was before there were any; a run is found again
        if not config["problem"].get(name):
            config["problem"].pop(name, None)
    check_flag("synchronous", config["synchronous"])
    initial = config.get("initial", "own")
    if initial not in INITIAL:
        raise unknown("initial", initial, INITIAL)
    if initial == "own":  # as it was before there was another; a run is found again
        config.pop("initial", None)
    return config
