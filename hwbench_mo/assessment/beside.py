"""The study's runs beside a user's own: curves that ship with the package, and what they can be compared with.

Their indicators at checkpoints are known, and not what they evaluated: statistics and most of robustness work, but
attainment surfaces and other reference points need the runs themselves, which ``python -m studies.main_study`` makes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hwbench_mo.assessment.problem_key import problem_key, space_of
from hwbench_mo.assessment.run_curves import RunCurves
from hwbench_mo.errors import InputError
from hwbench_mo.problems import Problem


@dataclass(frozen=True)
class Members:
    """The runs of a group, before it has a label."""

    name: str
    """Of the optimizer."""
    settings: Mapping[str, Any]
    """What tells it from other groups of that name."""
    config: Mapping[str, Any]
    runs: list[RunCurves] = field(default_factory=list)
    is_baseline: bool = False
    is_shown: bool = True
    """Of a baseline: whether it is set beside a user's own runs."""

    @property
    def budget(self) -> int:
        """The largest of the runs."""
        return max(run.budget for run in self.runs)

    @property
    def n_workers(self) -> Any:
        """How many evaluations went on at a time."""
        return self.settings.get("n_workers") or 1


@dataclass(frozen=True)
class Beside:
    """Which baselines are set beside runs on a problem."""

    members: Sequence[Members] = ()
    at_most: int | None = None
    """The last checkpoint that all have."""
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class Baselines:
    """The groups of a file of baselines, by problem."""

    place: str
    """The file, for messages."""
    facts: Sequence[Mapping[str, Any]]
    """Of each problem, what decides that runs are of it: `problem_facts`."""
    members: Sequence[Sequence[Members]]
    """Of each problem."""

    @property
    def problems(self) -> list[str]:
        """Their names, with ``(noisy)`` where optimizers observed simulated measurements."""
        return [_name(facts) for facts in self.facts]

    def beside(
        self,
        problem: Problem,
        facts: Mapping[str, Any],
        own: Sequence[Members],
        indicators: Sequence[str],
        /,
        *,
        at_most: int | None = None,
    ) -> Beside:
        """The baselines for runs on a problem, judged where those end, or before.

        Baselines are those with as many workers as the runs have, or with one. Those that ended before the runs are
        left out, and named, unless all did.

        Parameters
        ----------
        facts
            `problem_facts` of the runs.
        own
            Groups of the runs. A baseline whose settings one of them has is left out: the runs stand for it.
        indicators
            Which are wanted.
        at_most
            The evaluations at which to judge, if less than the runs have.

        Raises
        ------
        InputError
            If the baselines of the problem are of other tables.
        """
        alone = at_most and last_in_common(own, at_most)
        place = self._place(problem, facts)
        if place is None:
            return Beside(
                at_most=alone,
                remarks=[f"{_name(facts)}: the baselines have no runs on this problem, and none are shown."],
            )
        workers = {one.n_workers for one in own}
        known = [one for one in self.members[place] if one.is_shown]
        wanted = [one for one in known if one.n_workers in workers]
        remarks = []
        if not wanted:
            wanted = [one for one in known if one.n_workers == 1]
            remarks.append(f"{_name(facts)}: baselines evaluate one architecture at a time; these runs do not.")
        settings = [(one.name, one.settings) for one in own]
        wanted = [one for one in wanted if (one.name, one.settings) not in settings]
        if not wanted:
            return Beside(
                at_most=alone, remarks=[*remarks, f"{_name(facts)}: the runs have the settings of all baselines."]
            )
        ends = [*(one.budget for one in own), max(one.budget for one in wanted), *([at_most] if at_most else [])]
        budget = min(ends)
        short = {one.name: one.budget for one in wanted if one.budget < budget}
        if short:
            remarks.append(
                f"{_name(facts)}: no baselines of {', '.join(sorted(short))}, which have {max(short.values())} "
                f"evaluations; the others are judged at up to {budget}."
            )
        long = [one for one in wanted if one.budget >= budget]
        return Beside([_baseline(one, indicators) for one in long], last_in_common([*own, *long], budget), remarks)

    def _place(self, problem: Problem, facts: Mapping[str, Any]) -> int | None:
        wanted = problem_key(facts)
        for place, known in enumerate(self.facts):
            if problem_key(known) == wanted:
                return place
        for known in self.facts:
            same = {**known, "artifact_sha256": facts["artifact_sha256"]}
            if problem_key(same) == wanted:
                told, here = (str(one["artifact_sha256"])[:12] for one in (known, facts))
                raise InputError(
                    f"{self.place}: the baselines of {problem.name} are of the tables {told}…, but the runs of "
                    f"{here}…; compare without baselines, or make some: python -m studies.main_study"
                )
        return None


def last_in_common(members: Sequence[Members], budget: int, /) -> int:
    """The last checkpoint of all that is not after a budget."""
    common = set.intersection(*(set(run.evaluations.tolist()) for one in members for run in _longest(one)))
    return max((evaluations for evaluations in common if evaluations <= budget), default=1)


def _longest(members: Members) -> list[RunCurves]:
    """Runs that go to the end of their budget: one that ended early goes on at its last value, at any checkpoint."""
    return [run for run in members.runs if run.evaluations[-1] == members.budget] or members.runs


def _baseline(members: Members, indicators: Sequence[str]) -> Members:
    """With the wanted indicators alone, and with a word that tells it from a group of that name."""
    runs = [
        RunCurves(**{**vars(run), "indicators": {name: run.indicators[name] for name in indicators}})
        for run in members.runs
    ]
    return Members(members.name, {**members.settings, "from": "baselines"}, members.config, runs, True)


def _name(facts: Mapping[str, Any]) -> str:
    name = "-".join([str(space_of(facts)), *facts["objectives"]])
    return name if (facts.get("noise") or "none") == "none" else f"{name} (noisy)"
