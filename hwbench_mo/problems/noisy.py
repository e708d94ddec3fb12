"""Noise as a wrapper around a problem: evaluations are simulated measurements."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from hwbench_mo.benchmark import BlackBox
from hwbench_mo.checks import check_repeats
from hwbench_mo.errors import InputTypeError
from hwbench_mo.problems.problem import Problem
from hwbench_mo.typing import Codes, Ints, Values


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NoisyProblem(Problem):
    """A problem whose evaluations are simulated measurements; bounds and front are those of the noise-free values.

    Parameters
    ----------
    noise_free
        The problem without noise.
    seed
        Of the simulated measurements.
    repeats
        Simulated measurements that an evaluation averages, 1 to 10, where nothing else is said.
    """

    noise_free: Problem
    seed: int
    repeats: int = 1
    noise: ClassVar[str] = "sample"

    @property
    def benchmark(self) -> BlackBox:  # type: ignore[override]
        """What answers."""
        return self.noise_free.benchmark

    @property
    def objectives(self) -> tuple[str, ...]:  # type: ignore[override]
        """Names of the m objectives."""
        return self.noise_free.objectives

    @property
    def constraints(self) -> Mapping[str, float]:  # type: ignore[override]
        """The limit of each constrained metric, of noise-free values."""
        return self.noise_free.constraints

    def observe(self, codes: Codes, noise_free: Values, /, *, repeat: Ints | int = 0, repeats: Ints | int) -> Values:
        """``[n, m]``; averages of simulated measurements."""
        return self.evaluate(codes, repeat=repeat, repeats=repeats)


def noisy(problem: Problem, *, seed: int, repeats: int | None = None) -> NoisyProblem:
    """The same problem, whose evaluations are simulated measurements of that seed.

    Parameters
    ----------
    problem
        What is measured; noise that it has already is replaced.
    seed
        Of the simulated measurements.
    repeats
        How many simulated measurements an evaluation averages, 1 to 10; by default as many as the problem does.

    Raises
    ------
    InputError
        If ``repeats`` is not an integer from 1 to 10.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> noisy(hb.make_problem("gpt_s", ["perplexity", "latency@a100"]), seed=1).noise
    'sample'
    """
    count = problem.repeats if repeats is None else repeats
    if check_repeats(count, 1).ndim:
        raise InputTypeError(f"repeats is {repeats!r}, but must be one integer")
    return NoisyProblem(noise_free=problem.noise_free, seed=seed, repeats=int(count))
