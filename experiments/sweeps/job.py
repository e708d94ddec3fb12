"""What one job of a sweep does: the runs of its seeds, one after the other. A failure of one stops no other."""

import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from omegaconf import DictConfig
from tqdm import tqdm

from experiments.sweeps.claims import claimed
from experiments.sweeps.outcome import Failure
from experiments.sweeps.progress import say
from experiments.sweeps.runs import Run, build, seeds_of
from experiments.sweeps.store import find, finished, keep, note_failure
from hwbench_mo import InputError, Trajectory, regret_curve, simulate
from hwbench_mo.errors import report
from hwbench_mo.terminal import is_terminal


def perform(cfg: DictConfig, *, optimizer_name: str, label: str, delay: float | None) -> Iterator[Failure | None]:
    """Make the runs of a job that are not there yet and say how each ended; yields why it failed, or None."""
    try:
        seeds = seeds_of(cfg)
    except InputError as error:
        yield _failed(label, error)
        return
    for seed in seeds:
        path = None
        try:
            run = build(cfg, optimizer_name=optimizer_name, seed=seed)
            path = run.path
            say(answer(run, delay=delay))
        except Exception as error:  # of one run; the others of a sweep go on
            yield _failed(label if len(seeds) == 1 else f"{label} seed={seed}", error, path)
        else:
            yield None


def answer(run: Run, *, delay: float | None = None) -> str:
    """Make a run unless it is there, and say how it ended. A bar over its evaluations comes after ``delay`` seconds."""
    try:
        found = finished(run.path, run.identity)
        if found is None:
            with claimed(run.path) as is_ours:
                if not is_ours:
                    return f"{run.path} is being made by another process: left to it"
                found = find(run.path, run.identity)
                if found is None:
                    return summary(run, execute(run, delay=delay))
        return f"{summary(run, found)} (found, not repeated)"
    except OSError as error:
        raise InputError(f"{run.path}: cannot be written: {error.strerror or error}") from None


def execute(run: Run, *, delay: float | None = None) -> Trajectory:
    """Simulate a run and write its trajectory."""
    name, hidden = run.path.parent.name, delay is None or not is_terminal(sys.stderr)
    with tqdm(total=run.n_evaluations, disable=hidden, leave=False, unit="eval", desc=name, delay=delay or 0) as bar:
        trajectory = simulate(
            run.problem,
            run.optimizer,
            budget=run.n_evaluations,
            n_workers=run.n_workers,
            synchronous=run.synchronous,
            cost=run.cost,
            config=run.config,
            progress=bar.update,
        )
    if run.start is not None and not run.start.n_drawn:
        raise InputError(
            f"initial=shared is not for {run.config['optimizer']['name']}, which draws its first architectures itself"
        )
    keep(trajectory, run.path, run.identity)
    return trajectory


def summary(run: Run, trajectory: Trajectory) -> str:
    """One line on a finished run."""
    try:
        judged = f"hypervolume regret {regret_curve(run.problem, trajectory)[-1]:.4f}"
    except InputError as error:
        judged = f"no hypervolume regret ({error})"
    hours = f"{trajectory.finish_times[-1] / 3600:.1f} simulated hours"
    if run.n_workers > 1:
        hours += f", workers idle {trajectory.idle_share:.1%} of them"
    name, seed = run.config["optimizer"]["name"], run.config["seed"]
    return f"{name}, seed {seed}: {judged} after {len(trajectory)} evaluations ({hours}): {run.path}"


def _failed(label: str, error: Exception, path: Path | None = None) -> Failure:
    if isinstance(error, InputError):
        status, why = report(error), str(error)
    else:
        traceback.print_exception(error)
        status, why = 1, f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    if path is not None:
        note_failure(path, why, status)
    return Failure(label, why, status)
