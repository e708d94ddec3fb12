"""Compares runs: curves of indicators, grouped by problem and optimizer."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hwbench_mo.assessment.checkpoints import at_checkpoint
from hwbench_mo.assessment.distinct import distinct_with_identity
from hwbench_mo.assessment.indicators import INDICATORS, check_indicator
from hwbench_mo.assessment.run_curves import RunCurves, curves_of
from hwbench_mo.assessment.settings import labels_of, name_of, settings_of
from hwbench_mo.benchmark.device_tables import Paths
from hwbench_mo.errors import InputError
from hwbench_mo.problems import Problem, problem_of
from hwbench_mo.simulation.trajectory import Trajectory
from hwbench_mo.typing import Floats, Ints


@dataclass(frozen=True, eq=False)
class Group:
    """Runs of one optimizer with the same settings on the same problem, which differ in the seed alone."""

    label: str
    runs: list[RunCurves]
    config: Mapping[str, Any]
    """Of the first of them."""

    @cached_property
    def evaluations(self) -> Ints:
        """``[k]``; the checkpoints of all runs."""
        first = self.runs[0].evaluations
        if all(np.array_equal(run.evaluations, first) for run in self.runs):
            return first
        return np.unique(np.concatenate([run.evaluations for run in self.runs]))

    def curves(self, indicator: str = "regret") -> Floats:
        """``[runs, k]``; a run that ended early goes on at its last value."""
        return np.stack([run.indicators[indicator][self._places(run)] for run in self.runs])

    @cached_property
    def regrets(self) -> Floats:
        """``[runs, k]``; hypervolume regret at `evaluations`."""
        return self.curves("regret")

    def at(self, evaluations: int, indicator: str = "regret") -> Floats:
        """``[runs]``; an indicator at the last checkpoint that is not after so many evaluations."""
        return np.array([run.indicators[indicator][at_checkpoint(run.evaluations, evaluations)] for run in self.runs])

    @property
    def budget(self) -> int:
        """The largest of the runs."""
        return max(run.budget for run in self.runs)

    @property
    def optimism(self) -> Floats:
        """``[runs]``; how much lower the final regret is by the values that the optimizer observed than by the
        noise-free ones."""
        return np.array([run.optimism for run in self.runs])

    @property
    def is_block(self) -> bool:
        """Whether runs of a seed share their first architectures with those of other optimizers
        (``initial=shared``)."""
        return self.config.get("initial") == "shared"

    def _places(self, run: RunCurves) -> Ints:
        if len(run.evaluations) == len(self.evaluations):
            return np.arange(len(run.evaluations))
        return np.maximum(np.searchsorted(run.evaluations, self.evaluations, side="right") - 1, 0)


@dataclass(frozen=True, eq=False)
class Comparison:
    """All groups of one problem, in ascending order of their median regret at the common budget."""

    problem: Problem
    """Without noise: runs are judged by noise-free values."""
    groups: list[Group]
    noise: str = ""
    """What the optimizers observed, if they did not observe noise-free values: ``mean of 2 noisy measurements``."""

    @property
    def title(self) -> str:
        """The name of the problem, with other passes than usual, and what the optimizers observed, if that was
        noisy."""
        details = "; ".join(filter(None, [self.problem.passes, self.noise]))
        return f"{self.problem.name} ({details})" if details else self.problem.name

    @cached_property
    def budget(self) -> int:
        """The common budget, at which optimizers are compared: the smallest of the groups'."""
        return min(group.budget for group in self.groups)

    @property
    def indicators(self) -> list[str]:
        """Names of those that were computed."""
        return list(self.groups[0].runs[0].indicators)

    @property
    def has_one_budget(self) -> bool:
        """Whether all groups have the same budget."""
        return all(group.budget == self.budget for group in self.groups)


def compare(
    trajectories: Iterable[Trajectory],
    /,
    *,
    devices: Paths | None = None,
    left_out: list[str] | None = None,
    indicators: Sequence[str] = tuple(INDICATORS),
) -> list[Comparison]:
    """Runs by problem and optimizer.

    A group has the runs of one optimizer that differ in the seed alone. Copies of a run are one run (`distinct`). Of
    each run only its curves and its front are kept: an iterator of runs is never in memory as a whole.

    Parameters
    ----------
    devices
        Where the device tables of runs are now, if they are not where they were: see `load_benchmark`.
    left_out
        Where to note, in a line each, why a run cannot be judged by this installation: see `problem_of`. Without it,
        such a run is an error.
    indicators
        Which of `INDICATORS` to compute; regret always. All but regret and anytime take about 2 ms a run.

    Raises
    ------
    InputError
        If two different results claim to be of one run, or a run cannot be judged; or an indicator is unknown.
    """
    for name in indicators:
        check_indicator(name)
    names = [name for name in INDICATORS if name == "regret" or name in indicators]
    problems: dict[str, Problem | InputError] = {}
    members: dict[str, dict[str, list[RunCurves]]] = defaultdict(lambda: defaultdict(list))
    firsts: dict[str, dict[str, tuple[Trajectory, dict[str, Any]]]] = defaultdict(dict)
    for identity, run in distinct_with_identity(trajectories):
        key = _problem_key(run)
        if key not in problems:
            problems[key] = _problem_or_error(run, devices)
        problem = problems[key]
        try:
            if isinstance(problem, InputError):
                raise problem
            curves = curves_of(problem, run, identity=identity, indicators=names)
        except InputError as error:
            if left_out is None:
                raise
            left_out.append(f"the run {identity[:12]} with seed {run.config.get('seed')}: {error}")
            continue
        settings = settings_of(run)
        group = json.dumps([name_of(run), settings], sort_keys=True)
        members[key][group].append(curves)
        firsts[key].setdefault(group, (run, settings))
    found = []
    for key, by_group in sorted(members.items()):
        problem = problems[key]
        if isinstance(problem, Problem):
            found.append(_comparison(problem, by_group, firsts[key]))
    return found


def _comparison(
    problem: Problem,
    by_group: Mapping[str, list[RunCurves]],
    firsts: Mapping[str, tuple[Trajectory, dict[str, Any]]],
) -> Comparison:
    labels = labels_of([(name_of(run), settings) for run, settings in firsts.values()])
    groups = [
        Group(label, runs, firsts[group][0].config)
        for label, (group, runs) in zip(labels, by_group.items(), strict=True)
    ]
    budget = min(group.budget for group in groups)
    ordered = sorted(groups, key=lambda group: float(np.median(group.at(budget))))
    return Comparison(problem, ordered, _noise_of(next(iter(firsts.values()))[0]))


def _problem_or_error(run: Trajectory, devices: Paths | None) -> Problem | InputError:
    try:
        return problem_of(run.provenance, run.objectives, devices=devices)
    except InputError as error:
        return error


def _noise_of(run: Trajectory) -> str:
    if run.provenance.get("noise", "none") == "none":
        return ""
    n = run.provenance.get("noise_repeats", 1)
    return "noisy measurements" if n == 1 else f"means of {n} noisy measurements"


def _problem_key(run: Trajectory) -> str:
    """Runs are compared if they searched the same space for the same objectives with the same tables and noise."""
    facts = [run.provenance.get(key) for key in ("space", "artifact_sha256", "noise", "noise_repeats")]
    facts.append(run.provenance.get("constraints"))
    facts.append(_hashes(run.provenance.get("devices")))
    space = run.provenance.get("space")
    name = space.get("name") if isinstance(space, Mapping) else None
    return json.dumps([name, run.objectives, facts], sort_keys=True)


def _hashes(devices: Any) -> dict[str, Any]:
    """The content hashes of device tables, wherever they lay."""
    told = devices if isinstance(devices, Mapping) else {}
    return {name: one.get("sha256") if isinstance(one, Mapping) else None for name, one in told.items()}
