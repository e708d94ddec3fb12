"""What the benchmark says of one target: a distribution for each architecture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hwbench_mo.benchmark.keys import architecture_keys, uniform
from hwbench_mo.checks import check_indices, check_numbers
from hwbench_mo.display import as_html, between
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.extras import needs
from hwbench_mo.spaces.space import Space
from hwbench_mo.targets import Target
from hwbench_mo.typing import Codes, Floats, Ints

if TYPE_CHECKING:
    import pandas as pd


class Noise(Protocol):
    """The distribution of one measurement of n architectures, by their ``groups`` ``[n]`` and ``medians`` ``[n]``."""

    def quantile(self, groups: Ints, medians: Floats, levels: Floats) -> Floats:
        """``[n, k]``; quantiles at ``levels`` ``[k]``."""
        ...

    def at(self, groups: Ints, medians: Floats, levels: Floats) -> Floats:
        """``[n]``; one quantile each: row i's at ``levels[i]``."""
        ...

    def mean(self, groups: Ints, medians: Floats) -> Floats:
        """``[n]``; expected value."""
        ...

    def std(self, groups: Ints, medians: Floats) -> Floats:
        """``[n]``; standard deviation."""
        ...


@dataclass(frozen=True, eq=False, repr=False)
class Prediction:
    """The distribution of one new measurement of a target, for n architectures, and how well its median is known.

    Values are in the target's own unit and direction (accuracy is not negated here). A closed-form target is exact:
    its standard deviation and standard error are 0 and every quantile is its value.

    The noise of a measurement (`std`, `quantile`, `sample`) and the error of the median (`standard_error`) are two
    things: more repeats average out the first, and only more measured architectures reduce the second.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> bench = hb.load_benchmark("gpt_s")
    >>> codes = bench.space.sample(4, np.random.default_rng(0))
    >>> p = bench.predict(codes, "latency@a100")
    >>> p.quantile([0.05, 0.5, 0.95]).shape
    (4, 3)
    >>> bool((p.quantile([0.5])[:, 0] == p.median).all())
    True
    >>> bool((p.standard_error < p.std).all()), bool((p.support <= 1).all())
    (True, True)
    """

    target: str
    space: Space
    codes: Codes
    median: Floats
    """``[n]``; the noise-free value, which `Problem.evaluate` answers."""
    noise: Noise | None
    groups: Ints
    """``[n]``; which distribution of ``noise`` is each architecture's."""
    error_of_median: Callable[[], Floats]
    support_of_codes: Callable[[], Floats]

    @cached_property
    def standard_error(self) -> Floats:
        """``[n]``; standard error of the median, in the target's unit: how well the table itself is known.

        It grows towards the corners of the space, where little was measured. Apart from `std`, the noise of one
        measurement. NaN where nothing is known of it.
        """
        return self.error_of_median()

    @cached_property
    def support(self) -> Floats:
        """``[n]``; how well measured architectures surround each: 1 in their middle, 0 beyond all of them.

        The share of the measured architectures of the same width that are at least as far from their middle, by how
        many layers take each choice. The best architectures under any limit lie far out: there the additive form alone
        vouches for the answer. 1 for closed forms, NaN where nothing is known of it.
        """
        return self.support_of_codes()

    def to_frame(self, levels: Sequence[float] = (0.05, 0.95)) -> "pd.DataFrame":
        """A row an architecture: median, mean, std, quantiles (``q05`` and so on), standard error and support."""
        with needs("pandas"):
            import pandas as pd

        quantiles = self.quantile(list(levels))
        columns = {"median": self.median, "mean": self.mean, "std": self.std}
        columns |= {f"q{100 * level:02g}": quantiles[:, place] for place, level in enumerate(levels)}
        return pd.DataFrame({**columns, "standard_error": self.standard_error, "support": self.support})

    def __repr__(self) -> str:
        shown = between(self.target, self.median, Target.parse(self.target).unit or "")
        return f"Prediction(of {len(self.codes)} architectures of {self.space.name!r}: median {shown})"

    def _repr_html_(self) -> str:
        return as_html(repr(self), self.to_frame)

    @property
    def mean(self) -> Floats:
        """``[n]``; expected value of one measurement."""
        return self.median if self.noise is None else self.noise.mean(self.groups, self.median)

    @property
    def std(self) -> Floats:
        """``[n]``; standard deviation of one measurement."""
        if self.noise is None:
            return np.zeros_like(self.median)
        return self.noise.std(self.groups, self.median)

    def quantile(self, levels: float | Sequence[float] | Floats, /) -> Floats:
        """``[n, k]``; quantiles at k levels in [0, 1]; ``[n]`` at a single level, as in numpy.

        Levels beyond the outermost stored ones (0.001 and 0.999) are answered by those.
        """
        wanted = check_numbers("levels", levels)
        if wanted.ndim > 1 or not bool(((wanted >= 0) & (wanted <= 1)).all()):
            raise InputError(f"levels are {levels!r}, but must be numbers from 0 to 1")
        found = self._quantiles(np.atleast_1d(wanted))
        return found if wanted.ndim else found[:, 0]

    def _quantiles(self, levels: Floats) -> Floats:
        if self.noise is None:
            return np.repeat(self.median[:, None], len(levels), axis=1)
        return self.noise.quantile(self.groups, self.median, levels)

    def sample(self, *, seed: int, repeat: int | Sequence[int] | Ints = 0) -> Floats:
        """``[n]``; one simulated measurement of each architecture.

        A draw depends on (seed, architecture, target, repeat) alone: not on the order, the batch, the process or what
        was asked before.

        Parameters
        ----------
        seed
            Which stream of measurements.
        repeat
            Which repetition of the measurement; one number, or one for each architecture.
        """
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
            raise InputTypeError(f"seed is {seed!r}, but must be an integer")
        repeats = check_indices("repeat", repeat, len(self.codes))
        if self.noise is None:
            return self.median.copy()
        levels = uniform(self._keys, seed=int(seed), target=self.target, repeat=repeats)
        return self.noise.at(self.groups, self.median, levels)

    @cached_property
    def _keys(self) -> np.ndarray:
        return architecture_keys(self.space, self.codes)
