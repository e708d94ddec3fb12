"""Reads the runs below a folder and compares them, as every command that reports on them does."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hwbench_mo import InputError, Metric, Trajectory
from hwbench_mo.assessment import Comparison, compare, iterate_runs
from hwbench_mo.assessment.baselines import load_baselines
from hwbench_mo.assessment.indicators import FEW, INDICATORS
from hwbench_mo.assessment.runs import about_how_many
from hwbench_mo.benchmark.device_tables import Paths
from hwbench_mo.progress import track
from hwbench_mo.simulation.dataset import parts

MANY = 10_000
"""Runs beyond which only the regret is computed, unless asked for more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """What became of the runs of a folder."""

    comparisons: Sequence[Comparison]
    indicators: Sequence[str]
    """Those that were computed."""
    n_copies: int
    """Files that say nothing more than others."""
    left_out: Sequence[str]
    """Why, in a line each, files are no runs, and runs cannot be judged here."""

    @property
    def n_runs(self) -> int:
        """Distinct runs that are compared, without the baselines'."""
        return sum(len(group.runs) for one in self.comparisons for group in one.groups if not group.is_baseline)


def read(
    folder: Path,
    *,
    devices: Paths | None = None,
    metrics: Sequence[Metric] = (),
    all_indicators: bool = False,
    look: Callable[[Trajectory], None] | None = None,
    budget: int | None = None,
    baselines: Path | None = None,
) -> Reading:
    """Compare all runs below a folder, or of a data set.

    Parameters
    ----------
    devices
        Where the device tables of runs are now: see `load_benchmark`.
    metrics
        The metrics of one's own that runs name: files hold no functions.
    all_indicators
        Whether to compute all indicators of more than `MANY` runs, too.
    look
        Called with each run as it passes, copies included, with its codes. Without it, codes are not read.
    budget
        The evaluations at which optimizers are compared, if less than the smallest budget of a problem.
    baselines
        The file of baselines to set beside the runs: see `load_baselines`.

    Raises
    ------
    InputError
        If the folder is missing or holds no run that can be judged, or two results claim to be of one run.
    """
    n_about = about_how_many(folder)
    names = INDICATORS if all_indicators or n_about <= MANY else FEW
    unread: list[str] = []
    unjudged: list[str] = []
    several = iterate_runs(folder, left_out=unread, codes=look is not None)
    runs = _Passing(track(several, "read runs", total=n_about, unit="run"), look)
    comparisons = compare(
        runs,
        devices=devices,
        metrics=metrics,
        left_out=unjudged,
        indicators=tuple(names),
        budget=budget,
        baselines=load_baselines(baselines) if baselines else False,
    )
    if not comparisons:
        raise InputError(f"no run can be judged: {unjudged[-1]}")
    n_counted = sum(len(group.runs) for one in comparisons for group in one.groups if not group.is_baseline)
    return Reading(
        comparisons=comparisons,
        indicators=tuple(names),
        n_copies=runs.n - n_counted - len(unjudged),
        left_out=[*unread, *unjudged],
    )


def folder_of_results(folder: Path) -> Path:
    """Where what is made of runs goes by default: to them, or beside a data set, in which others read every file."""
    if parts(folder):
        return folder.resolve().with_name(f"{folder.resolve().name}-compared")
    return folder


class _Passing:
    """Counts the runs that pass, and shows them."""

    def __init__(self, runs: Iterable[Trajectory], look: Callable[[Trajectory], None] | None) -> None:
        self._runs, self._look, self.n = runs, look, 0

    def __iter__(self) -> Iterator[Trajectory]:
        for run in self._runs:
            self.n += 1
            if self._look is not None:
                self._look(run)
            yield run
