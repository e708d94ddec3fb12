"""Computes the units whose results are missing, in several processes."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from hwbench_mo.fitting.fit import fit_space
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.progress import say, track
from hwbench_mo.targets import QUALITY
from hwbench_mo.validation.baselines import all_baselines
from hwbench_mo.validation.folds import Fold
from hwbench_mo.validation.scores import LEVELS, measured_rows, score
from hwbench_mo.validation.units import OURS, Unit, save_outcome

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a process needs beside the measurements."""

    out: Path
    folds: Mapping[str, Sequence[Fold]]
    """Every fit of each space."""
    autogluon_seconds: float


@dataclass(frozen=True)
class Job:
    """Units of one method and fit, computed one after the other."""

    units: tuple[Unit, ...]

    @property
    def group(self) -> str:
        """For progress lines."""
        first = self.units[0]
        return f"{first.space} {first.split} {first.number} {first.method}"


def jobs_of(units: Sequence[Unit]) -> list[Job]:
    """One job a fit for the surrogates, which are fitted to all targets at once; one a fit and target for baselines."""
    jobs: dict[tuple[str, ...], list[Unit]] = {}
    for unit in units:
        own = "" if unit.method == OURS else unit.target
        jobs.setdefault((unit.space, unit.split, str(unit.number), unit.method, own), []).append(unit)
    return [Job(tuple(group)) for group in jobs.values()]


def run_units(
    units: Sequence[Unit], measured: Mapping[str, Measurements], settings: Settings, *, processes: int
) -> None:
    """Compute and save each unit, and print a line whenever a method has finished a fit.

    Raises
    ------
    InputError
        If a baseline is not installed.
    """
    jobs = jobs_of(units)
    left: dict[str, int] = {}
    for job in jobs:
        left[job.group] = left.get(job.group, 0) + 1
    spent = dict.fromkeys(left, 0.0)
    for job, seconds in track(_results(jobs, measured, settings, processes), "validate", total=len(jobs), unit="job"):
        left[job.group] -= 1
        spent[job.group] += seconds
        if not left[job.group]:
            done = sum(not n for n in left.values())
            say(f"{job.group}: {spent[job.group]:.1f} s ({done} of {len(left)})")


def _results(
    jobs: Sequence[Job], measured: Mapping[str, Measurements], settings: Settings, processes: int
) -> Iterator[tuple[Job, float]]:
    if processes == 1 or len(jobs) <= 1:
        worker = Worker(measured, settings)
        for job in jobs:
            yield job, worker(job)
        return
    with _single_threaded(), get_pool(processes, measured, settings) as pool:
        futures: list[Future[float]] = [pool.submit(_work, job) for job in jobs]
        try:
            for job, future in zip(jobs, futures, strict=True):
                yield job, future.result()
        finally:
            pool.shutdown(cancel_futures=True)


class Worker:
    """Computes jobs, one at a time."""

    def __init__(self, measured: Mapping[str, Measurements], settings: Settings) -> None:
        self._measured, self._settings = measured, settings
        self._baselines = all_baselines(autogluon_seconds=settings.autogluon_seconds)

    def __call__(self, job: Job) -> float:
        """Compute the units of a job and save their outcomes; the seconds that it took."""
        start = time.perf_counter()
        first = job.units[0]
        measured = self._measured[first.space]
        needed = _readings_of(job)
        measured = replace(measured, readings={name: y for name, y in measured.readings.items() if name in needed})
        (fold,) = (
            fold
            for fold in self._settings.folds[first.space]
            if (fold.split, fold.number) == (first.split, first.number)
        )
        train = measured.take(~fold.test)
        bench = fit_space(train) if first.method == OURS else None
        for unit in job.units:
            rows = np.flatnonzero(fold.test & measured_rows(measured.readings, unit.target))
            codes = measured.codes[rows]
            readings = measured.readings[unit.target][rows]
            if bench is None:
                outcome = score(rows, self._baselines[unit.method](train, codes, unit.target), readings)
            else:
                prediction = bench.predict(codes, unit.target)
                outcome = score(rows, prediction.quantile(LEVELS), readings, prediction.standard_error)
            save_outcome(outcome, unit.path(self._settings.out))
        return time.perf_counter() - start


def _readings_of(job: Job) -> set[str]:
    """The targets whose readings decide a job's results: its own; the surrogates fit perplexity with accuracy."""
    own = {unit.target for unit in job.units}
    return own | set(QUALITY) if job.units[0].method == OURS and own & set(QUALITY) else own


# The pool hands the measurements to each of its processes once, through an initializer, whose result it drops: a global
# of the process is the one place from where the jobs, which hold names alone, can reach them.
_worker: Worker | None = None


def _start(measured: Mapping[str, Measurements], settings: Settings) -> None:
    global _worker
    _worker = Worker(measured, settings)


def _work(job: Job) -> float:
    if _worker is None:
        raise RuntimeError("the process was not started by run_units")
    return _worker(job)


def get_pool(processes: int, measured: Mapping[str, Measurements], settings: Settings) -> ProcessPoolExecutor:
    """Processes that hold the measurements."""
    return ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_start, initargs=(measured, settings)
    )


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Let processes that start in the block use one thread each: they run side by side already."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
