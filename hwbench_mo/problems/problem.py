"""A problem: a space, objectives to be minimised, and everything exact that is known of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from os import PathLike
from typing import Literal, get_args

import numpy as np

from hwbench_mo.errors import InputError, InputTypeError, unknown
from hwbench_mo.problems.front import ParetoFront, candidate_codes, nondominated
from hwbench_mo.spaces import SearchSpace, Space, get_space
from hwbench_mo.surrogates import Benchmark, load_benchmark
from hwbench_mo.surrogates.tabular import TabularBenchmark, load_table
from hwbench_mo.targets import Target
from hwbench_mo.typing import Codes, Floats, Ints, Values, read_only

Noise = Literal["none", "sample"]
REFERENCE = 1.1
"""The reference point on each axis, where the ideal point is 0 and the nadir point is 1."""
MOST_REPEATS = 10
"""Measurements that one evaluation averages at most: as many as the campaign took, which the centre stands for."""
DRAW = 1 << 32
"""Draw i of repetition k of a measurement has the key k + i * DRAW."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """Objectives on a space, every one minimised (accuracy is negated). Made by `make_problem`.

    Bounds, reference point and front belong to the problem, never to the runs that are compared on it. With noise,
    they are those of the centre.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
    >>> codes = problem.space.sample(5, np.random.default_rng(0))
    >>> problem.evaluate(codes).shape
    (5, 2)
    >>> bool((problem.evaluate(codes) >= problem.ideal).all())
    True
    """

    benchmark: Benchmark | TabularBenchmark
    objectives: tuple[str, ...]
    noise: Noise = "none"
    seed: int = 0
    repeats: int = 1
    """Simulated measurements that an evaluation averages, where nothing else is said."""

    @property
    def space(self) -> Space:
        """What is searched."""
        return self.benchmark.space

    @property
    def name(self) -> str:
        """Space and objectives, fit for a file name: ``gpt_s-perplexity-latency@a100``."""
        return "-".join([self.space.name, *self.objectives])

    @cached_property
    def signs(self) -> Floats:
        """``[m]``; -1 where the metric is maximised."""
        return np.array([Target.parse(name).sign for name in self.objectives])

    @cached_property
    def _evaluator(self) -> Callable[[Codes], Values]:
        return self.benchmark.evaluator(self.objectives)

    @cached_property
    def _kernels(self) -> dict[tuple[str, ...], tuple[Callable[[Codes], Values], list[int]]]:
        """By further targets: a kernel, and the columns of its answer that these are."""
        return {}

    def centre_with(self, codes: Codes, targets: tuple[str, ...], /) -> tuple[Values, Values]:
        """Values without noise ``[n, m]``, and what the benchmark says of further targets ``[n, k]``, in one pass.

        For the simulation: codes must have passed ``space.validate``, which is not done again.
        """
        if targets not in self._kernels:
            names = list(dict.fromkeys((*self.objectives, *targets)))  # an objective may be a target, too
            self._kernels[targets] = self.benchmark.evaluator(names), [names.index(target) for target in targets]
        kernel, columns = self._kernels[targets]
        answers = kernel(codes)
        return answers[:, : len(self.objectives)] * self.signs, answers.take(columns, axis=1)

    def evaluate(
        self,
        codes: object,
        /,
        *,
        noise: Noise | None = None,
        seed: int | None = None,
        repeat: int | Sequence[int] | Ints = 0,
        repeats: int | Sequence[int] | Ints | None = None,
    ) -> Values:
        """``[n, m]``; objective values of codes ``[n, d]``, every column minimised.

        Parameters
        ----------
        noise
            ``none`` for the centre (the median of a measurement), ``sample`` for simulated measurements; by default
            what the problem was made with.
        seed, repeat
            Which simulated measurement: see `Prediction.sample`. ``seed`` is by default the problem's.
        repeats
            How many simulated measurements are averaged, 1 to 10: one number, or one for each architecture; by default
            the problem's. More of them go on where fewer ended: the first r are the same. Without noise it changes
            nothing.

        Raises
        ------
        InputError
            If the codes are of the wrong type, width or range, or were not measured where measurements answer; or
            ``repeats`` are not integers from 1 to 10.
        """
        noise = check_noise(self.noise if noise is None else noise)
        valid = self.space.validate(codes)
        if noise == "sample":
            counts = check_repeats(self.repeats if repeats is None else repeats, len(valid))
            return self._sample(valid, self.seed if seed is None else seed, repeat, counts)
        values = self._evaluator(valid)
        values *= self.signs
        return values

    def _sample(self, codes: Codes, seed: int, repeat: int | Sequence[int] | Ints, repeats: Ints) -> Values:
        """Averages of simulated measurements ``[n, m]``."""
        values = np.empty((len(codes), len(self.objectives)))
        for column, name in enumerate(self.objectives):
            prediction = self.benchmark.predict(codes, name)
            total = prediction.sample(seed=seed, repeat=repeat)
            if prediction.noise is not None:
                for draw in range(1, int(repeats.max(initial=1))):
                    one_more = prediction.sample(seed=seed, repeat=np.asarray(repeat) + draw * DRAW)
                    total += np.where(draw < repeats, one_more, 0.0)
                total /= repeats
            values[:, column] = total
        values *= self.signs
        return values

    def pareto_front(self) -> ParetoFront:
        """The exact Pareto front: every non-dominated value and, for each, one architecture that attains it.

        Computed once a process, by dynamic programming over layers; read-only, ascending in the first objective.
        Where measurements answer, it is that of the measured rows.

        Raises
        ------
        InputError
            If it is too large to compute, as it can be with three objectives or more.
        """
        return _exact_front(self.benchmark, self.objectives)

    @cached_property
    def ideal(self) -> Floats:
        """``[m]``; the least value of each objective, exact."""
        return read_only(self.pareto_front().values.min(axis=0))

    @cached_property
    def nadir(self) -> Floats:
        """``[m]``; the greatest value of each objective on the exact Pareto front."""
        return read_only(self.pareto_front().values.max(axis=0))

    @cached_property
    def reference_point(self) -> Floats:
        """``[m]``; where hypervolume is measured from: 1.1 on each axis between ideal (0) and nadir (1)."""
        return read_only(self.ideal + REFERENCE * self.scale)

    @cached_property
    def scale(self) -> Floats:
        """``[m]``; nadir - ideal, what values are normalised by; where that is 0, the ideal's magnitude or 1."""
        width = self.nadir - self.ideal
        fallback = np.where(self.ideal != 0, np.abs(self.ideal), 1.0)
        return read_only(np.where(width > 0, width, fallback))

    def normalise(self, values: Values, /) -> Values:
        """``[n, m]``; values with the ideal point at 0 and the nadir point at 1."""
        normalised: Values = (values - self.ideal) / self.scale
        return normalised


def make_problem(
    space: str | SearchSpace | Benchmark | TabularBenchmark,
    objectives: Sequence[str],
    *,
    table: str | PathLike[str] | None = None,
    noise: Noise = "none",
    seed: int = 0,
    repeats: int = 1,
) -> Problem:
    """A problem on a space.

    Parameters
    ----------
    space
        Name of a space that ships; a benchmark, say one restricted to a space of your own; or a space, on which
        closed-form metrics alone exist.
    objectives
        Distinct names, such as ``["perplexity", "latency@a100"]``.
    table
        A folder of measurements, for a space by name: they answer themselves, instead of the surrogates. The space is
        then the measured architectures, those in which all objectives were measured.
    noise
        ``none``: evaluations answer the centre. ``sample``: they are simulated measurements.
    seed
        Of the simulated measurements.
    repeats
        How many simulated measurements an evaluation averages, 1 to 10.

    Raises
    ------
    InputError
        If a name is unknown (the valid ones are listed, nearest first), an objective lacks its device or has one that
        it does not take, is named twice, or does not exist on the space; if ``repeats`` is not an integer from 1 to 10;
        or if the table cannot be read.

    Examples
    --------
    >>> make_problem("gpt_m", ["perplexity", "energy@h100"]).name
    'gpt_m-perplexity-energy@h100'
    """
    benchmark = _benchmark(space, table)
    if isinstance(objectives, str) or not isinstance(objectives, Sequence):
        raise InputTypeError(f"objectives are {objectives!r}, but must be a list of names, such as ['perplexity']")
    names = tuple(Target.parse(name).name for name in objectives)
    if not names:
        raise InputError("objectives are empty, but a problem needs at least one, such as 'perplexity'")
    for position, name in enumerate(names):
        if name in names[:position]:
            raise InputError(f"objectives[{position}] is {name!r}, which is there already: objectives must differ")
        if isinstance(benchmark, Benchmark):
            benchmark.model(name)
    if isinstance(benchmark, TabularBenchmark):
        benchmark = benchmark.measured(names)
    check_noise(noise)
    if not isinstance(repeats, int | np.integer):
        raise InputTypeError(f"repeats is {repeats!r}, but must be an integer from 1 to {MOST_REPEATS}")
    check_repeats(repeats, 1)
    return Problem(benchmark=benchmark, objectives=names, noise=noise, seed=seed, repeats=int(repeats))


def _benchmark(
    space: str | SearchSpace | Benchmark | TabularBenchmark, table: str | PathLike[str] | None
) -> Benchmark | TabularBenchmark:
    if table is not None:
        if not isinstance(space, str):
            raise InputTypeError(f"table is {str(table)!r}, but needs a space by name, such as 'gpt_s', not {space!r}")
        return load_table(get_space(space), table)
    if isinstance(space, SearchSpace):
        return Benchmark(space)
    if isinstance(space, Benchmark | TabularBenchmark):
        return space
    return load_benchmark(space)


def noisy(problem: Problem, *, seed: int) -> Problem:
    """The same problem, whose evaluations are simulated measurements of that seed.

    >>> noisy(make_problem("gpt_s", ["perplexity", "latency@a100"]), seed=1).noise
    'sample'
    """
    return replace(problem, noise="sample", seed=seed)


def check_noise(noise: object) -> Noise:
    """``noise`` if it is one of the kinds that there are."""
    kinds: tuple[Noise, ...] = get_args(Noise)
    for kind in kinds:
        if noise == kind:
            return kind
    raise unknown("noise", noise, kinds)


def check_repeats(repeats: object, n: int) -> Ints:
    """``repeats`` as an array, if they are integers from 1 to 10: one for all of n architectures, or one for each.

    >>> check_repeats([1, 10], 2)
    array([ 1, 10])
    """
    counts = np.asarray(repeats)
    if counts.dtype.kind not in "iu" or counts.shape not in ((), (n,)):
        raise InputTypeError(f"repeats are {repeats!r}, but must be one integer, or one for each of {n} architectures")
    for count in counts.ravel()[(counts.ravel() < 1) | (counts.ravel() > MOST_REPEATS)].tolist():
        raise InputError(f"repeats are {count}, but must be from 1 to {MOST_REPEATS}")
    return counts.astype(np.int64)


@lru_cache(maxsize=64)
def _exact_front(benchmark: Benchmark | TabularBenchmark, objectives: tuple[str, ...]) -> ParetoFront:
    """Shared by all problems of the same objectives: a sweep computes a front once a process."""
    problem = Problem(benchmark=benchmark, objectives=objectives)
    if isinstance(benchmark, TabularBenchmark):
        codes = benchmark.space.codes
    else:
        models = [benchmark.model(name) for name in objectives]
        codes = candidate_codes(benchmark.space, models, problem.signs.tolist())
    values = problem.evaluate(codes)
    order = np.lexsort(values.T[::-1])
    kept = order[nondominated(values[order])]
    return ParetoFront(read_only(codes[kept]), read_only(values[kept]))
