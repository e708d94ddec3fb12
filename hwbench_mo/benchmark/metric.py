"""A metric of one's own: a function of architectures, with unit, direction and cost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import product
from numbers import Real
from typing import Any, Literal, get_args

import numpy as np

from hwbench_mo.benchmark.layer_counts import LayerCounts
from hwbench_mo.errors import InputError, InputTypeError, unknown
from hwbench_mo.function_identity import hash_of_function
from hwbench_mo.own_metrics import check_name, declare
from hwbench_mo.spaces import Space
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.targets import METRICS
from hwbench_mo.typing import Codes, Floats, read_only

Of = Literal["counts", "codes"]
BITS = 44
"""Of an answer; the last nine of a double are what rounding in a function's own sums moves."""
SAME = 1e-12
"""Relative; by so much an answer may depend on what else is in the batch."""
NONE = read_only(np.zeros(0))


@dataclass(frozen=True, kw_only=True, eq=False)
class Metric:
    """A metric of one's own, which problems name as an objective or a constraint, and benchmarks predict.

    It is computed, not measured: it has no noise, and its standard error is 0.

    Parameters
    ----------
    name
        Lower-case letters, digits and underscores. A name means one unit and one direction in a process.
    function
        With ``of="counts"``: called with `LayerCounts` of n architectures, it answers n numbers. The order of layers
        does not matter to such a metric, and Pareto fronts, bounds and recommendations are exact with it, in the
        largest spaces. With ``of="codes"``: called with codes ``[n, d]``, canonical, and their space, it answers n
        numbers, which may depend on the order of layers. Fronts are then exact in spaces of 2^18 architectures at most
        and on tables of measured rows; elsewhere they are refused, while evaluations and simulations work.
    of
        ``counts`` or ``codes``.
    unit
        Of the answers, for axes and tables.
    maximise
        Whether more is better. Problems minimise everything, and negate what is maximised.
    cost
        Simulated seconds that an evaluation of the metric takes on a worker, whatever its repeats.
    version
        What the function is known by, instead of its source: for functions whose source cannot be read, or that read
        files. Change it whenever the answers change.

    Raises
    ------
    InputError
        If the name is taken or of other characters, or means another unit or direction already; if the cost is not a
        finite number from 0; or if the function cannot be called, or its source is not found and it has no version.

    Notes
    -----
    Answers must be finite, ``[n]``, and depend on nothing but the architecture: not on the others of a batch, a random
    draw or the time of day. Each call checks shape and finiteness; the first in a space checks the rest. They are
    rounded to 44 bits (13 digits), so that the order in which a function adds does not tell equal values apart.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> def kv_cache(counts):
    ...     return 2 * 64 * counts.total_heads * 2 * 1024 / 1e6  # keys and values, in bfloat16, of 1,024 tokens
    >>> metric = hb.Metric(name="kv_cache", function=kv_cache, unit="MB")
    >>> problem = hb.make_problem("gpt_s", ["perplexity", "kv_cache"], metrics=[metric])
    >>> problem.pareto_front().to_frame()["kv_cache"].iloc[[0, -1]].round(1).tolist()
    [37.7, 10.5]
    """

    name: str
    function: Callable[..., Any] = field(repr=False)
    of: Of = "counts"
    unit: str | None = None
    maximise: bool = False
    cost: float = 0.0
    version: str | None = None
    sha256: str = field(init=False, repr=False)
    """Of the function's source and all that it names, or of the version: part of the identity of problems and runs."""

    def __post_init__(self) -> None:
        check_name(self.name, METRICS)
        if not callable(self.function):
            raise InputTypeError(f"function of metric {self.name!r} is {self.function!r}, but must be callable")
        if self.of not in get_args(Of):
            raise unknown(f"kind of function in metric {self.name!r}: of =", self.of, get_args(Of))
        if not (self.unit is None or isinstance(self.unit, str)):
            raise InputTypeError(f"unit of metric {self.name!r} is {self.unit!r}, but must be a string, such as 'MB'")
        if not isinstance(self.maximise, bool):
            raise InputTypeError(f"maximise of metric {self.name!r} is {self.maximise!r}, but must be True or False")
        if isinstance(self.cost, bool) or not isinstance(self.cost, Real) or not 0 <= float(self.cost) < np.inf:
            raise InputError(
                f"cost of metric {self.name!r} is {self.cost!r}, but must be seconds, a finite number from 0"
            )
        if not (self.version is None or isinstance(self.version, str)):
            raise InputTypeError(f"version of metric {self.name!r} is {self.version!r}, but must be a string or None")
        object.__setattr__(self, "cost", float(self.cost))
        object.__setattr__(self, "sha256", self._identity())
        declare(self.name, unit=self.unit, maximise=self.maximise)

    def _identity(self) -> str:
        if self.version is not None:
            return sha256(f"version {self.version}".encode()).hexdigest()
        try:
            return hash_of_function(self.function)
        except InputError as error:
            raise InputError(
                f"metric {self.name!r}: {error}: a result is known by the code that made it; define the function in a "
                "file or a notebook, of values that have content, or give version='1' and change it with the answers"
            ) from None

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy in another process declares its name there.
        names = ("name", "function", "of", "unit", "maximise", "cost", "version")
        return _again, (tuple((name, getattr(self, name)) for name in names),)

    @property
    def facts(self) -> dict[str, Any]:
        """What identifies it in files: plain JSON values."""
        return {"of": self.of, "unit": self.unit, "maximise": self.maximise, "cost": self.cost, "sha256": self.sha256}

    def of_codes(self, space: Space, codes: Codes) -> Floats:
        """``[n]``; answers for codes ``[n, d]`` that the space validated."""
        if self.of == "counts":
            return self.of_counts(LayerCounts.of(space, codes))
        return (
            self._checked(len(codes), self.function(read_only(space.canonical(codes)), space)) if len(codes) else NONE
        )

    def of_counts(self, counts: LayerCounts) -> Floats:
        """``[n]``; answers of a function of counts."""
        return self._checked(len(counts), self.function(counts)) if len(counts) else NONE

    def _checked(self, n: int, answer: object) -> Floats:
        try:
            found = np.asarray(answer)
        except ValueError:
            found = np.zeros((), dtype=object)
        if found.dtype.kind not in "biuf" or found.shape != (n,):
            raise InputTypeError(
                f"metric {self.name!r} answered {found.dtype} of shape {list(found.shape)} for {n} architectures, but "
                f"must answer numbers of shape [{n}]"
            )
        numbers = found.astype(np.float64)
        if not np.isfinite(numbers).all():
            row = int((~np.isfinite(numbers)).argmax())
            raise InputError(
                f"metric {self.name!r} answered {numbers[row]} for row {row}, but must answer finite numbers"
            )
        return rounded(numbers)

    def check(self, space: Space) -> None:
        """Ask for a few architectures of a space, one by one, together and in another order, and for its corners.

        Raises
        ------
        InputError
            If answers are of the wrong shape or not finite, or depend on something else than the architecture.
        """
        self.of_codes(space, _corners(space))
        rng = np.random.default_rng(0)
        codes = space.canonical(space.sample(8, rng))
        together, again = self.of_codes(space, codes), self.of_codes(space, codes)
        order = rng.permutation(len(codes))
        alone = np.concatenate([self.of_codes(space, codes[[row]]) for row in range(len(codes))])
        moved = np.empty_like(together)
        moved[order] = self.of_codes(space, codes[order])
        tests = ((again, "asked again"), (alone, "asked alone"), (moved, "in another order of the batch"))
        for other, how in tests:
            differs = np.abs(other - together) > SAME * np.abs(together)
            if differs.any():
                row = int(differs.argmax())
                raise InputError(
                    f"metric {self.name!r} answered {together[row]:.12g} for {space.decode(codes[[row]])[0]}, and "
                    f"{other[row]:.12g} {how}; it must depend on the architecture alone"
                )


def _corners(space: Space) -> Codes:
    """``[n, d]``; of each least and greatest width and depth, those all of whose layers are the same: places of 0."""
    found = []
    for e, depth, b in product({0, len(space.embed_dim) - 1}, {0, len(space.n_layer) - 1}, range(len(space.bias))):
        for choice in range(max(len(space.mlp_ratio), len(space.n_head))):
            code = np.zeros(space.n_genes, dtype=np.int64)
            code[[EMBED_DIM, N_LAYER, BIAS]] = e, depth, b
            code[space.mlp_genes] = min(choice, len(space.mlp_ratio) - 1)
            code[space.head_genes] = min(choice, len(space.n_head) - 1)
            found.append(code)
    return space.canonical(np.array(found))


def _again(values: Sequence[tuple[str, Any]]) -> Metric:
    return Metric(**dict(values))


def rounded(values: Floats) -> Floats:
    """``[n]``; to `BITS` bits.

    >>> bool(rounded(np.array([0.1 + 0.2]))[0] == rounded(np.array([0.3]))[0])
    True
    """
    mantissa, exponent = np.frexp(values)
    return np.asarray(np.ldexp(np.round(np.ldexp(mantissa, BITS)), exponent - BITS))
