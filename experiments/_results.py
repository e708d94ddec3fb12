"""Reads the runs below a folder and judges them: regret curves, grouped by problem and optimizer."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from experiments._dataset import is_part, parts, read_parts
from hwbench_mo import InputError, Problem, SearchSpace, Trajectory, load_benchmark, make_problem, regret_curve
from hwbench_mo.spaces import get_space
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.surrogates.tabular import load_table
from hwbench_mo.typing import Floats


@dataclass(frozen=True)
class Group:
    """Runs of one optimizer with the same settings on the same problem, which differ in the seed alone."""

    label: str
    trajectories: list[Trajectory]
    regrets: Floats
    """``[runs, evaluations]``; a run that ended early goes on at its last value. Where several evaluations count as
    one (random search with a multiple of the budget), what they have reached together."""
    optimism: Floats
    """``[runs]``; how much better the final regret looks by what the optimizer saw than by the centre."""


@dataclass(frozen=True)
class Comparison:
    """All groups of one problem."""

    problem: Problem
    groups: list[Group]


def read_runs(folder: Path) -> list[Trajectory]:
    """Every trajectory below a folder, or of a data set that `experiments.collect` made.

    Without codes (``[n, 0]``): they are most of it, and no comparison needs them.

    Raises
    ------
    InputError
        If the folder is missing or holds none, or a file is none.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; name the one that experiments.run was given as out=…")
    if collected := parts(folder):
        return list(read_parts(collected))
    paths = sorted(path for path in folder.rglob("*.parquet") if not (path.name.startswith(".") or is_part(path)))
    if not paths:
        raise InputError(f"{folder} holds no runs (*.parquet); make some with python -m experiments.run out={folder}")
    return [_without_codes(Trajectory.load(path)) for path in paths]


def _without_codes(run: Trajectory) -> Trajectory:
    return replace(run, codes=np.empty((len(run), 0), dtype=np.int64))


def compare(trajectories: Iterable[Trajectory]) -> list[Comparison]:
    """Runs by problem and optimizer; groups are in ascending order of their median final regret."""
    by_problem: dict[str, list[Trajectory]] = defaultdict(list)
    for trajectory in trajectories:
        by_problem[_problem_key(trajectory)].append(trajectory)
    return [_compare_on_one(runs) for _, runs in sorted(by_problem.items())]


def _compare_on_one(runs: Sequence[Trajectory]) -> Comparison:
    problem = problem_of(runs[0])
    by_settings: dict[str, list[Trajectory]] = defaultdict(list)
    for run in runs:
        by_settings[json.dumps(_settings(run), sort_keys=True)].append(run)
    labels = _labels([json.loads(key) for key in by_settings])
    groups = []
    for label, members in zip(labels, by_settings.values(), strict=True):
        regrets = _pad([_counted(regret_curve(problem, run.centre), _multiple(run)) for run in members])
        noisy = [(place, run) for place, run in enumerate(members) if not np.array_equal(run.values, run.centre)]
        optimism = np.zeros(len(members))
        for place, run in noisy:
            optimism[place] = regrets[place, -1] - regret_curve(problem, run.values)[-1]
        groups.append(Group(label, members, regrets, optimism))
    return Comparison(problem, sorted(groups, key=lambda group: float(np.median(group.regrets[:, -1]))))


def _problem_key(run: Trajectory) -> str:
    """Runs are compared if they searched the same space for the same objectives with the same artifact and noise."""
    facts = [run.provenance.get(key) for key in ("space", "artifact_sha256", "noise", "noise_repeats")]
    return json.dumps([run.provenance["space"]["name"], run.objectives, facts], sort_keys=True)


def problem_of(run: Trajectory) -> Problem:
    """The problem that a run was made on.

    Raises
    ------
    InputError
        If this installation's artifact is another one than the run's, or the measurements that it was replayed on are
        not where they were, or not what they were.
    """
    return _problem(json.dumps(run.provenance, sort_keys=True), run.objectives)


@lru_cache(maxsize=64)
def _problem(provenance: str, objectives: tuple[str, ...]) -> Problem:
    facts = json.loads(provenance)
    if facts.get("table"):
        return _problem_on_table(facts, objectives)
    space = SearchSpace(**facts["space"])
    wanted = facts["artifact_sha256"]
    if wanted is None:
        return make_problem(space, objectives)
    for name in MEASURED:
        benchmark = load_benchmark(name)
        if benchmark.manifest["sha256"] == wanted:
            return make_problem(benchmark if benchmark.space == space else benchmark.restrict(space), objectives)
    raise InputError(
        f"a run on {space.name} was made with artifact {wanted[:12]}…, which hwbench_mo here does not have; "
        f"install the version that made it ({facts['hwbench_mo']}), or run it again"
    )


def _problem_on_table(facts: Mapping[str, Any], objectives: tuple[str, ...]) -> Problem:
    space, folder, wanted = facts["space"], facts["table"]["folder"], facts["artifact_sha256"]
    made = f"a run on {space['name']} was made with the measurements {wanted[:12]}… in {folder}"
    try:
        benchmark = load_table(get_space(facts["table"]["space"]), folder)
    except InputError as error:
        raise InputError(f"{made}, which cannot be read: {error}") from None
    found = benchmark.manifest["sha256"]
    if found != wanted:
        raise InputError(f"{made}, which holds {found[:12]}… now; put them back, or run it again")
    choices = {name: space[name] for name in benchmark.space.full.facts}
    full = SearchSpace(**{**choices, "name": space["full"]})
    return make_problem(benchmark if benchmark.space.full == full else benchmark.restrict(full), objectives)


def _settings(run: Trajectory) -> dict[str, Any]:
    """What tells groups apart: the optimizer with its settings, budget, workers and cost; not seeds."""
    optimizer = dict(run.config.get("optimizer", {"name": "unnamed"}))
    optimizer.pop("_target_", None)
    optimizer.pop("_partial_", None)
    rest = {key: run.config.get(key) for key in ("budget", "n_workers", "cost")}
    if optimizer.get("multiple") == 1:
        del optimizer["multiple"]  # runs of before there was one are the same
    return {"name": optimizer.pop("name"), **optimizer, **rest}


def _multiple(run: Trajectory) -> int:
    """How many evaluations count as one."""
    return int(run.config.get("optimizer", {}).get("multiple", 1))


def _counted(curve: Floats, multiple: int) -> Floats:
    """A curve at every ``multiple``-th evaluation, and at its end."""
    ends = np.arange(multiple, len(curve) + multiple, multiple)
    counted: Floats = curve[np.minimum(ends, len(curve)) - 1]
    return counted


def _labels(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Name of the optimizer, with those settings that tell it from others of that name."""
    labels = []
    for own in settings:
        namesakes = [other for other in settings if other["name"] == own["name"]]
        telling = [key for key in own if key == "multiple" or any(other.get(key) != own[key] for other in namesakes)]
        detail = ", ".join(f"{key}={own[key]}" for key in telling)
        labels.append(f"{own['name']} ({detail})" if detail else own["name"])
    return labels


def _pad(curves: Sequence[Floats]) -> Floats:
    longest = max(len(curve) for curve in curves)
    return np.stack([np.pad(curve, (0, longest - len(curve)), mode="edge") for curve in curves])
