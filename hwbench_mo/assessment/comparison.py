"""Compares runs: curves of indicators, grouped by problem and optimizer."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from hwbench_mo.assessment.baselines import load_baselines
from hwbench_mo.assessment.beside import Baselines, Beside, Members, last_in_common
from hwbench_mo.assessment.checkpoints import at_checkpoint
from hwbench_mo.assessment.distinct import distinct_with_identity
from hwbench_mo.assessment.indicators import INDICATORS, check_indicator
from hwbench_mo.assessment.problem_key import noise_of, problem_facts, problem_key
from hwbench_mo.assessment.run_curves import RunCurves, curves_of
from hwbench_mo.assessment.settings import labels_of, name_of, settings_of
from hwbench_mo.benchmark import Metric
from hwbench_mo.benchmark.device_tables import Paths
from hwbench_mo.checks import check_count
from hwbench_mo.errors import InputError
from hwbench_mo.problems import Problem, problem_of
from hwbench_mo.simulation.trajectory import Trajectory
from hwbench_mo.typing import Floats, Ints


@dataclass(frozen=True, eq=False, repr=False)
class Group:
    """Runs of one optimizer with the same settings on the same problem, which differ in the seed alone."""

    label: str
    runs: list[RunCurves]
    config: Mapping[str, Any]
    """Of the first of them."""
    is_baseline: bool = False
    """Whether the runs are of the study, whose curves ship, and not among those that are compared."""

    def __repr__(self) -> str:
        return f"Group({self.label!r}: {len(self.runs)} runs, budget {self.budget})"

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
    def has_fronts(self) -> bool:
        """Whether what the runs found is known, and not only its indicators: of baselines that ship it is not."""
        return not self.is_baseline

    @property
    def is_block(self) -> bool:
        """Whether runs of a seed share their first architectures with those of other optimizers
        (``initial=shared``)."""
        return self.config.get("initial") == "shared"

    def _places(self, run: RunCurves) -> Ints:
        if len(run.evaluations) == len(self.evaluations):
            return np.arange(len(run.evaluations))
        return np.maximum(np.searchsorted(run.evaluations, self.evaluations, side="right") - 1, 0)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """All groups of one problem, in ascending order of their median regret at the common budget."""

    problem: Problem
    """Without noise: runs are judged by noise-free values."""
    groups: list[Group]
    noise: str = ""
    """What the optimizers observed, if they did not observe noise-free values: ``mean of 2 noisy measurements``."""
    at_most: int | None = None
    """Where the optimizers are compared, if before the end of the smallest budget: the last checkpoint that all
    have."""
    remarks: Sequence[str] = ()
    """What is to be said of the choice of optimizers, a line each."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What decides that runs are of this problem: `problem_facts`."""

    def __repr__(self) -> str:
        labels = ", ".join([repr(group.label) for group in self.groups[:3]] + ["…"] * (len(self.groups) > 3))
        return f"Comparison({self.title!r}: {len(self.groups)} optimizers at {self.budget} evaluations: {labels})"

    @property
    def title(self) -> str:
        """The name of the problem, with other passes than usual, and what the optimizers observed, if that was
        noisy."""
        details = "; ".join(filter(None, [self.problem.passes, self.noise]))
        return f"{self.problem.name} ({details})" if details else self.problem.name

    @cached_property
    def budget(self) -> int:
        """The common budget, at which optimizers are compared: the smallest of the groups'."""
        least = min(group.budget for group in self.groups)
        return least if self.at_most is None else min(least, self.at_most)

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
    metrics: Sequence[Metric] = (),
    left_out: list[str] | None = None,
    indicators: Sequence[str] = tuple(INDICATORS),
    budget: int | None = None,
    baselines: Baselines | bool = False,
) -> list[Comparison]:
    """Runs by problem and optimizer.

    A group has the runs of one optimizer that differ in the seed alone. Copies of a run are one run (`distinct`). Of
    each run only its curves and its front are kept: an iterator of runs is never in memory as a whole.

    Parameters
    ----------
    devices
        Where the device tables of runs are now, if they are not where they were: see `load_benchmark`.
    metrics
        The metrics of one's own that runs name: files hold no functions.
    left_out
        Where to note, in a line each, why a run cannot be judged by this installation: see `problem_of`. Without it,
        such a run is an error.
    indicators
        Which of `INDICATORS` to compute; regret always. All but regret and anytime take about 2 ms a run.
    budget
        The evaluations at which optimizers are compared, if less than the smallest budget of a problem.
    baselines
        Whether to set the optimizers of the study beside those that ran, from curves that ship: see `load_baselines`.
        All are then judged at the last checkpoint that the runs and the baselines have in common.

    Raises
    ------
    InputError
        If two different results claim to be of one run, or a run cannot be judged; an indicator is unknown; the
        budget is no positive number; or the baselines of a problem are of other tables than its runs.
    """
    for name in indicators:
        check_indicator(name)
    if budget is not None:
        check_count("budget", budget)
    names = [name for name in INDICATORS if name == "regret" or name in indicators]
    known = load_baselines() if baselines is True else baselines or None
    problems: dict[str, Problem | InputError] = {}
    facts_of: dict[str, dict[str, Any]] = {}
    members: dict[str, dict[str, Members]] = defaultdict(dict)
    for identity, run in distinct_with_identity(trajectories):
        facts = problem_facts(run.provenance, run.objectives)
        key = problem_key(facts)
        if key not in problems:
            problems[key], facts_of[key] = _problem_or_error(run, devices, metrics), facts
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
        own = Members(name_of(run), settings_of(run), run.config)
        group = json.dumps([own.name, own.settings], sort_keys=True)
        members[key].setdefault(group, own).runs.append(curves)
    found = []
    for key, by_group in sorted(members.items()):
        problem = problems[key]
        if isinstance(problem, Problem):
            found.append(_comparison(problem, facts_of[key], [*by_group.values()], known, names, budget))
    return found


def _comparison(
    problem: Problem,
    facts: Mapping[str, Any],
    own: list[Members],
    baselines: Baselines | None,
    names: Sequence[str],
    budget: int | None,
) -> Comparison:
    beside = Beside(at_most=budget and last_in_common(own, budget))
    if baselines:
        beside = baselines.beside(problem, facts, own, names, at_most=budget)
    everybody = [*own, *beside.members]
    labels = labels_of([(one.name, one.settings) for one in everybody])
    groups = [Group(label, one.runs, one.config, one.is_baseline) for label, one in zip(labels, everybody, strict=True)]
    comparison = Comparison(problem, groups, noise_of(facts), beside.at_most, beside.remarks, facts)
    common = comparison.budget
    groups.sort(key=lambda group: float(np.median(group.at(common))))
    return comparison


def _problem_or_error(run: Trajectory, devices: Paths | None, metrics: Sequence[Metric]) -> Problem | InputError:
    try:
        return problem_of(run.provenance, run.objectives, devices=devices, metrics=metrics)
    except InputError as error:
        return error


def comparisons_of(baselines: Baselines, /) -> list[Comparison]:
    """The baselines alone, compared with each other; optimizers with fewer evaluations than others decide where.

    Raises
    ------
    InputError
        If this installation has other tables than they were made with.
    """
    found = []
    for facts, members in zip(baselines.facts, baselines.members, strict=True):
        problem = problem_of(facts, tuple(facts["objectives"]))
        found.append(_comparison(problem, facts, list(members), None, (), None))
    return found
