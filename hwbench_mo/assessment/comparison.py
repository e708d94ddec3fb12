"""Compares runs: regret curves, grouped by problem and optimizer."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hwbench_mo.assessment.regret import regret_curve, regret_of_values
from hwbench_mo.benchmark.device_tables import Paths
from hwbench_mo.errors import InputError
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
    """Without noise: runs are judged by noise-free values."""
    groups: list[Group]
    noise: str = ""
    """What the optimizers observed, if they did not observe noise-free values: ``mean of 2 noisy measurements``."""


def compare(trajectories: Iterable[Trajectory], *, devices: Paths | None = None) -> list[Comparison]:
    """Runs by problem and optimizer; groups are in ascending order of their median final regret.

    A group has the runs of one optimizer that differ in the seed alone. Copies of a run are one run (`distinct`).

    Parameters
    ----------
    trajectories
        The runs.
    devices
        Where the device tables of runs are now, if they are not where they were: see `load_benchmark`.

    Raises
    ------
    InputError
        If two different results claim to be of one run, or this installation cannot judge a run: see `problem_of`.
    """
    by_problem: dict[str, list[Trajectory]] = defaultdict(list)
    for trajectory in distinct(trajectories):
        by_problem[_problem_key(trajectory)].append(trajectory)
    return [_compare_on_one(runs, devices) for _, runs in sorted(by_problem.items())]


def distinct(trajectories: Iterable[Trajectory]) -> list[Trajectory]:
    """The runs, each once: two files of one run are one run, and say nothing more of an optimizer than one.

    Raises
    ------
    InputError
        If two different results have the same identity, the hash of what decides a result.
    """
    results: dict[str, str] = {}
    kept = []
    for run in trajectories:
        result = _hash_of(run)
        identity = str(run.provenance.get("identity") or result)
        if identity not in results:
            results[identity] = result
            kept.append(run)
        elif results[identity] != result:
            raise InputError(
                f"two different results claim to be the run {identity[:12]}…, {_name_of(run)} with seed "
                f"{run.config.get('seed')} on {'-'.join(run.objectives)}: delete the wrong one"
            )
    return kept


def _hash_of(run: Trajectory) -> str:
    """Of all that a run says, but for its codes, which runs of a folder are read without."""
    facts = [run.objectives, run.config, run.provenance]
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for array in (run.values, run.centre, run.finish_times, run.start_times, run.repeats):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _compare_on_one(runs: Sequence[Trajectory], devices: Paths | None) -> Comparison:
    problem = problem_of(runs[0].provenance, runs[0].objectives, devices=devices)
    by_settings: dict[str, list[Trajectory]] = defaultdict(list)
    for run in runs:
        by_settings[json.dumps([_name_of(run), _settings(run)], sort_keys=True)].append(run)
    labels = _labels([json.loads(key) for key in by_settings])
    groups = []
    for label, members in zip(labels, by_settings.values(), strict=True):
        regrets = _pad([_counted(regret_curve(problem, run), multiple_of(run.config)) for run in members])
        optimism = np.zeros(len(members))
        for place, run in enumerate(members):
            if not np.array_equal(run.values, run.centre):
                optimism[place] = regrets[place, -1] - regret_of_values(problem, run.values)[-1]
        groups.append(Group(label, members, regrets, optimism))
    ordered = sorted(groups, key=lambda group: float(np.median(group.regrets[:, -1])))
    return Comparison(problem, ordered, _noise_of(runs[0]))


def _noise_of(run: Trajectory) -> str:
    if run.provenance.get("noise", "none") == "none":
        return ""
    n = run.provenance.get("noise_repeats", 1)
    return "noisy measurements" if n == 1 else f"means of {n} noisy measurements"


def _problem_key(run: Trajectory) -> str:
    """Runs are compared if they searched the same space for the same objectives with the same tables and noise."""
    facts = [run.provenance.get(key) for key in ("space", "artifact_sha256", "noise", "noise_repeats")]
    facts.append(_hashes(run.provenance.get("devices")))
    space = run.provenance.get("space")
    name = space.get("name") if isinstance(space, Mapping) else None
    return json.dumps([name, run.objectives, facts], sort_keys=True)


def _hashes(devices: Any) -> dict[str, Any]:
    """The content hashes of device tables, wherever they lay."""
    told = devices if isinstance(devices, Mapping) else {}
    return {name: one.get("sha256") if isinstance(one, Mapping) else None for name, one in told.items()}


def _optimizer_of(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings of the optimizer, if a configuration has them where the harness has them."""
    optimizer = config.get("optimizer")
    return optimizer if isinstance(optimizer, Mapping) else {}


def _name_of(run: Trajectory) -> str:
    return str(_optimizer_of(run.config).get("name", "unnamed"))


def _settings(run: Trajectory) -> dict[str, Any]:
    """What tells groups of one optimizer apart: every setting but the seeds, and where measurements and tables lay."""
    flat = {**_flat(run.config), "n_workers": run.provenance.get("n_workers")}
    flat["synchronous"] = run.provenance.get("synchronous")
    for aside in ("seed", "problem.seed", "problem.table", "problem.devices", "optimizer.name", "optimizer._partial_"):
        flat.pop(aside, None)
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
    multiple = _optimizer_of(config).get("multiple", 1)
    return multiple if isinstance(multiple, int) and multiple > 0 else 1


def _counted(curve: Floats, multiple: int) -> Floats:
    """A curve at every ``multiple``-th evaluation, and at its end."""
    ends = np.arange(multiple, len(curve) + multiple, multiple)
    counted: Floats = curve[np.minimum(ends, len(curve)) - 1]
    return counted


def _labels(groups: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Name of each group's optimizer, with those settings that tell it from other groups of that name."""
    labels = []
    for name, own in groups:
        namesakes = [other for its_name, other in groups if its_name == name]
        telling = [key for key in own if key == "multiple" or any(other.get(key) != own[key] for other in namesakes)]
        detail = ", ".join(f"{key}={own[key]}" for key in telling)
        labels.append(f"{name} ({detail})" if detail else name)
    return labels


def _pad(curves: Sequence[Floats]) -> Floats:
    longest = max(len(curve) for curve in curves)
    return np.stack([np.pad(curve, (0, longest - len(curve)), mode="edge") for curve in curves])
