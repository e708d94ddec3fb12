"""Problems by name: a space, or a benchmark of one's own, and objectives."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Literal

import numpy as np

from hwbench_mo.benchmark import Benchmark, BlackBox, Metric, TabularBenchmark, load_benchmark
from hwbench_mo.benchmark.device_tables import Paths
from hwbench_mo.benchmark.fleet import FleetBenchmark
from hwbench_mo.benchmark.limits import check_limits
from hwbench_mo.benchmark.load import load_table, named_space, refuse_beside_table
from hwbench_mo.checks import MOST_REPEATS, check_path, check_repeats
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.problems.constraints import Limits, on_each_device
from hwbench_mo.problems.noisy import noisy
from hwbench_mo.problems.problem import ExactProblem, Problem, check_noise
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.targets import Fleet, Target


def make_problem(
    space: str | SearchSpace | BlackBox,
    objectives: Sequence[str],
    *,
    table: str | PathLike[str] | None = None,
    devices: Paths | None = None,
    noise: Literal["none", "sample"] = "none",
    seed: int = 0,
    repeats: int = 1,
    constraints: Mapping[str, float] | None = None,
    metrics: Sequence[Metric] = (),
) -> Problem:
    """A problem on a space.

    Parameters
    ----------
    space
        Name of a space that ships; a benchmark, say one restricted to a space of your own; or a space, on which
        closed-form metrics alone exist.
    objectives
        Distinct names, such as ``["perplexity", "latency@a100"]``. Of several devices at once:
        ``max(latency@a100, latency@h100)``, ``mean(…)``, or ``0.7*latency@a100 + 0.3*latency@h100``.
    table
        A folder of measurements, for a space by name: they answer themselves, instead of the surrogates. The space is
        then the measured architectures, those in which all objectives were measured.
    devices
        A folder of device tables, or a list of them, for a space by name: see `load_benchmark`.
    noise
        ``none``: evaluations answer noise-free values. ``sample``: they are simulated measurements (`noisy`).
    seed
        Of the simulated measurements.
    repeats
        How many simulated measurements an evaluation averages, 1 to 10.
    constraints
        Limits on noise-free values, by the name of the metric and in its unit: at most so much, of accuracy at least.
        ``{"latency@rtx3080": 40.0, "memory_bfloat16": 900.0}``. Fronts, bounds and indicators are then those of the
        feasible architectures, and trajectories hold the violations. Where no architecture keeps them,
        `Problem.pareto_front` raises `InfeasibleError`, which says how far off the nearest is.
    metrics
        Metrics of your own, which objectives and constraints may name.

    Raises
    ------
    InputError
        If a name is unknown (the valid ones are listed, nearest first), an objective lacks its device or has one that
        it does not take, is named twice, or does not exist on the space; if ``repeats`` is not an integer from 1 to 10;
        if a limit is not a positive number; or if the table or the device tables cannot be read.

    Examples
    --------
    >>> make_problem("gpt_m", ["perplexity", "energy@h100"]).name
    'gpt_m-perplexity-energy@h100'
    """
    benchmark = with_metrics(_benchmark(space, table, devices), metrics)
    if isinstance(objectives, str) or not isinstance(objectives, Sequence):
        raise InputTypeError(f"objectives are {objectives!r}, but must be a list of names, such as ['perplexity']")
    known = getattr(benchmark, "devices", ())  # a user's own black box need not have any
    names = tuple(Target.parse(name, devices=known).name for name in objectives)
    if not names:
        raise InputError("objectives are empty, but a problem needs at least one, such as 'perplexity'")
    for position, name in enumerate(names):
        if name in names[:position]:
            raise InputError(f"objectives[{position}] is {name!r}, which is there already: objectives must differ")
    limits = on_each_device(check_limits({} if constraints is None else constraints))
    limits = {name: limits[name] for name in sorted(limits)}  # the same limits are the same problem in any order
    parsed = [Target.parse(name) for name in (*names, *limits)]
    if any(isinstance(target, Fleet) for target in parsed) and not isinstance(benchmark, FleetBenchmark):
        benchmark = FleetBenchmark(benchmark)
    part = benchmark.with_targets(tuple(dict.fromkeys((*names, *limits))))
    problem = ExactProblem(benchmark=part, objectives=names, constraints=Limits(limits))
    if not isinstance(repeats, int | np.integer):
        raise InputTypeError(f"repeats is {repeats!r}, but must be an integer from 1 to {MOST_REPEATS}")
    check_repeats(repeats, 1)
    return noisy(problem, seed=seed, repeats=repeats) if check_noise(noise) == "sample" else problem


def with_metrics(benchmark: BlackBox, metrics: Sequence[Metric]) -> BlackBox:
    """The benchmark, which also answers for metrics of one's own.

    Raises
    ------
    InputError
        If the benchmark cannot, or a metric is not as it must be.
    """
    if not isinstance(metrics, Sequence):
        raise InputTypeError(f"metrics are {metrics!r}, but must be a list of hb.Metric")
    if not metrics:
        return benchmark
    if not isinstance(benchmark, Benchmark | TabularBenchmark):
        raise InputTypeError(
            f"metrics need a Benchmark or a TabularBenchmark beside them, not {type(benchmark).__name__}, which can "
            "answer for such targets itself"
        )
    return benchmark.with_metrics(*metrics)


def _benchmark(
    space: str | SearchSpace | BlackBox, table: str | PathLike[str] | None, devices: Paths | None
) -> BlackBox:
    for name, named in (("table", table), ("devices", devices)):
        if named is not None and not isinstance(space, str):
            raise InputTypeError(f"{name} is {str(named)!r}, but needs a space by name, such as 'gpt_s', not {space!r}")
    if table is not None:
        check_path("table", table)
        refuse_beside_table(table, devices=devices)
        return load_table(named_space(str(space), table=table), table)
    if isinstance(space, SearchSpace):
        return Benchmark(space)
    if isinstance(space, str):
        return load_benchmark(space, devices=devices)
    if not isinstance(space, BlackBox):
        raise InputTypeError(f"space is {space!r}, but must be a name, such as 'gpt_s', a space or a benchmark")
    return space
