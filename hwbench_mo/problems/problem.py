"""A problem: a space and objectives to be minimised, and everything exact that is known of them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from hwbench_mo.benchmark import BlackBox, ParetoFront
from hwbench_mo.benchmark.fleet import feasible_front
from hwbench_mo.benchmark.front import signs_of
from hwbench_mo.checks import check_indices, check_numbers, check_repeats
from hwbench_mo.errors import InputError, unknown
from hwbench_mo.problems.constraints import inequalities, limits_in_words, violations_of
from hwbench_mo.spaces import Space
from hwbench_mo.targets import Target
from hwbench_mo.typing import Bools, Codes, Floats, Ints, Values, read_only

REFERENCE = 1.1
"""The reference point on each axis, where the ideal point is 0 and the nadir point is 1."""
DRAW = 1 << 32
"""Draw i of repetition k of a measurement has the key k + i * DRAW."""


class Problem(ABC):
    """Objectives on a space, every one minimised (accuracy is negated). `make_problem` builds one.

    Bounds, reference point and front belong to the problem, never to the runs that are compared on it. With noise
    (`noisy`), they are those of the noise-free values. With constraints, they are those of the feasible architectures.

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

    benchmark: BlackBox
    """What answers."""
    objectives: tuple[str, ...]
    """Names of the m objectives, such as ``latency@a100``."""
    constraints: Mapping[str, float]
    """The limit of each constrained metric, in its unit: at most so much; of accuracy, at least. Empty without."""
    noise_free: "Problem"
    """The same problem without noise."""
    noise: ClassVar[str]
    """``none`` if evaluations answer noise-free values, ``sample`` if they answer simulated measurements."""
    seed: int = 0
    """Of the simulated measurements."""
    repeats: int = 1
    """Simulated measurements that an evaluation averages, where nothing else is said."""

    def evaluate(
        self,
        codes: Codes,
        /,
        *,
        noise: Literal["none", "sample"] | None = None,
        seed: int | None = None,
        repeat: int | Sequence[int] | Ints = 0,
        repeats: int | Sequence[int] | Ints | None = None,
    ) -> Values:
        """``[n, m]``; objective values of codes ``[n, d]``, every column minimised.

        Parameters
        ----------
        noise
            ``none`` for noise-free values (medians of a measurement), ``sample`` for simulated measurements; by default
            as the problem's ``noise`` says.
        seed, repeat
            Which simulated measurement: see `Prediction.sample`. ``seed`` is by default the problem's; ``repeat`` is
            below 2^32.
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
        valid = self.space.validate(codes)
        if check_noise(self.noise if noise is None else noise) == "sample":
            counts = check_repeats(self.repeats if repeats is None else repeats, len(valid))
            if np.any(check_indices("repeat", repeat, len(valid)) >= DRAW):
                raise InputError(f"repeat is {repeat!r}, but must be below {DRAW}")
            return self._measure(valid, self.seed if seed is None else seed, repeat, counts)
        values = self.benchmark.kernel(self.objectives)(valid)
        values *= self.signs
        return values

    def _measure(self, codes: Codes, seed: int, repeat: int | Sequence[int] | Ints, repeats: Ints) -> Values:
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

    @abstractmethod
    def observe(self, codes: Codes, noise_free: Values, /, *, repeat: Ints | int = 0, repeats: Ints | int) -> Values:
        """``[n, m]``; what an evaluation of valid codes answers whose noise-free values ``[n, m]`` are known already.

        For the simulation, which has them from the same pass over the tables that tells what the evaluation costs.
        """

    @property
    def space(self) -> Space:
        """What is searched."""
        return self.benchmark.space

    @property
    def name(self) -> str:
        """Space, objectives and constraints, fit for a file name: ``gpt_s-perplexity-latency@a100``."""
        return "-".join([self.space.name, *self.objectives, *limits_in_words(self.constraints)])

    def violations(self, codes: Codes, /) -> Values:
        """``[n, c]``; by what share of its limit each architecture violates each of the c constraints.

        Above 0: violated, and 0.1 is a tenth beyond the limit. 0 or below: kept. Of noise-free values, in the order of
        ``constraints``; shares are comparable across constraints, whatever their units.

        Examples
        --------
        >>> import hwbench_mo as hb
        >>> problem = hb.make_problem("gpt_s", ["perplexity"], constraints={"memory_bfloat16": 300.0})
        >>> problem.violations(problem.pareto_front().codes).shape
        (1, 1)
        """
        valid = self.space.validate(codes)
        if not self.constraints:
            return np.zeros((len(valid), 0))
        return violations_of(self.benchmark.kernel(tuple(self.constraints))(valid), self.constraints)

    def feasible(self, codes: Codes, /) -> Bools:
        """``[n]``; which architectures keep every constraint."""
        return np.asarray((self.violations(codes) <= 0).all(axis=1))

    @property
    def passes(self) -> str:
        """Which devices were measured with other passes than the space counts, and which: ``my_gpu: batch 1``."""
        known = getattr(self.benchmark, "devices", {})  # a user's own black box need not have any
        named = dict.fromkeys(part.device for name in self.objectives for part in Target.parse(name).parts)
        differing = [device for device in named if device in known and known[device].differs]
        return "; ".join(f"{device}: {known[device].differs}" for device in differing)

    @cached_property
    def signs(self) -> Floats:
        """``[m]``; -1 where the metric is maximised."""
        return signs_of(self.objectives)

    def pareto_front(self) -> ParetoFront:
        """The exact Pareto front: every non-dominated value and, for each, one architecture that attains it.

        With constraints, the front of the feasible architectures. Computed once a process, by dynamic programming over
        layers; read-only, ascending in the first objective.
        Where measurements answer, it is that of the measured rows.

        Raises
        ------
        InputError
            If it is too large to compute, as it can be with three objectives or more; or if no architecture keeps the
            constraints, with how far off the nearest is (`InfeasibleError`).
        """
        return self._front

    @cached_property
    def _front(self) -> ParetoFront:
        found = feasible_front(self.benchmark, self.objectives, self.constraints)
        return found.named(self.space, self.objectives)

    def __repr__(self) -> str:
        within = f"; {inequalities(self.constraints)}" if self.constraints else ""
        noise = f"; noise seed {self.seed}, {self.repeats} repeats" if self.noise == "sample" else ""
        return f"{type(self).__name__}({self.space.name!r}: {', '.join(self.objectives)}{within}{noise})"

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
        points = check_numbers("values", values)
        if points.ndim != 2 or points.shape[1] != len(self.objectives):
            raise InputError(f"values have shape {points.shape}, but {self.name} needs [n, {len(self.objectives)}]")
        return np.asarray((points - self.ideal) / self.scale)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ExactProblem(Problem):
    """A problem whose evaluations answer noise-free values, unless a call asks for simulated measurements."""

    benchmark: BlackBox
    objectives: tuple[str, ...]
    constraints: Mapping[str, float] = field(default_factory=dict)
    noise: ClassVar[str] = "none"

    @property
    def noise_free(self) -> "ExactProblem":  # type: ignore[override]
        """Itself."""
        return self

    def observe(self, codes: Codes, noise_free: Values, /, *, repeat: Ints | int = 0, repeats: Ints | int) -> Values:
        """``[n, m]``; the noise-free values."""
        return noise_free


def check_noise(noise: object) -> str:
    """``noise`` if it is one of the kinds that there are."""
    kinds = ("none", "sample")
    if not isinstance(noise, str) or noise not in kinds:
        raise unknown("noise", noise, kinds)
    return noise
