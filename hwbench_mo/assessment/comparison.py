"""Compares runs: regret curves, grouped by problem and optimizer."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hwbench_mo.assessment.regret import regret_curve
from hwbench_mo.problems import Problem, problem_of
from hwbench_mo.simulation.trajectory import Trajectory
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
    """``[runs]``; how much lower the final regret is by the values that the optimizer observed than by the noise-free
    ones."""


@dataclass(frozen=True)
class Comparison:
    """All groups of one problem."""

    problem: Problem
    groups: list[Group]


def compare(trajectories: Iterable[Trajectory]) -> list[Comparison]:
    """Runs by problem and optimizer; groups are in ascending order of their median final regret."""
    by_problem: dict[str, list[Trajectory]] = defaultdict(list)
    for trajectory in trajectories:
        by_problem[_problem_key(trajectory)].append(trajectory)
    return [_compare_on_one(runs) for _, runs in sorted(by_problem.items())]


def _compare_on_one(runs: Sequence[Trajectory]) -> Comparison:
    problem = problem_of(runs[0].provenance, runs[0].objectives)
    by_settings: dict[str, list[Trajectory]] = defaultdict(list)
    for run in runs:
        by_settings[json.dumps(_settings(run), sort_keys=True)].append(run)
    labels = _labels([json.loads(key) for key in by_settings])
    groups = []
    for label, members in zip(labels, by_settings.values(), strict=True):
        regrets = _pad([_counted(regret_curve(problem, run.centre), multiple_of(run.config)) for run in members])
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


def _settings(run: Trajectory) -> dict[str, Any]:
    """What tells groups apart: the optimizer with its settings, budget, workers and cost; not seeds."""
    optimizer = dict(run.config.get("optimizer", {"name": "unnamed"}))
    optimizer.pop("_target_", None)
    optimizer.pop("_partial_", None)
    rest = {key: run.config.get(key) for key in ("budget", "n_workers", "cost")}
    if optimizer.get("multiple") == 1:
        del optimizer["multiple"]  # runs of before there was one are the same
    return {"name": optimizer.pop("name"), **optimizer, **rest}


def multiple_of(config: Mapping[str, Any]) -> int:
    """How many evaluations count as one in a run of that configuration, as `RandomSearch` has it."""
    return int(config.get("optimizer", {}).get("multiple", 1))


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
