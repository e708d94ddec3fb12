"""Additive models: a base for the shared choices and a table entry for each layer's choices, summed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.curve import Curve
from hwbench_mo.typing import Floats, Ints

Link = Literal["identity", "exp"]


@dataclass(frozen=True, kw_only=True, eq=False)
class AdditiveModel:
    """A metric as ``curve(link(base + sum over layers of (mlp entry + head entry)))``.

    Axes: e embed_dim, b bias, l n_layer, s slot (1 where the position of a layer does not matter), c choice.

    Parameters
    ----------
    base
        ``[e, b, l]``.
    mlp, head
        ``[e, b, s, c]``; what a layer with that choice adds.
    link
        ``identity``, or ``exp`` for tables of a logarithm. Both are increasing: the least sum is the least value.
    curve
        What is done to the sums of the identity last, if anything; increasing too.
    """

    base: Floats
    mlp: Floats
    head: Floats
    link: Link = "identity"
    curve: Curve | None = None

    def __post_init__(self) -> None:
        e, b, _ = self.base.shape
        for name in ("mlp", "head"):
            table = getattr(self, name)
            if table.ndim != 4 or table.shape[:2] != (e, b):
                raise InputError(f"table {name} has shape {table.shape}, but needs [{e}, {b}, slots, choices]")
        if self.curve is not None and (self.link != "identity" or self.curve.knots.shape[:2] != (e, b)):
            raise InputError(f"a curve is for sums of the identity, one for each of [{e}, {b}]")
        for name in ("base", "mlp", "head"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def value(self, totals: Floats, e: Ints, b: Ints) -> Floats:
        """``[n]``; values of the metric from sums ``[n]`` of architectures of those widths and biases."""
        linked = np.exp(totals) if self.link == "exp" else totals
        return linked if self.curve is None else self.curve(linked, e, b)

    def slope(self, totals: Floats, e: Ints, b: Ints) -> Floats:
        """``[n]``; by how much a value moves when its sum moves by one."""
        if self.curve is not None:
            return self.curve.slope(totals, e, b)
        return np.exp(totals) if self.link == "exp" else np.ones_like(totals)

    def check_fits(self, space: SearchSpace) -> None:
        """Raise `InputError` if the tables are not of that space."""
        expected = (len(space.embed_dim), len(space.bias), len(space.n_layer))
        if self.base.shape != expected:
            raise InputError(f"base has shape {self.base.shape}, but {space.name!r} needs {expected}")
        for name, n_choices in (("mlp", len(space.mlp_ratio)), ("head", len(space.n_head))):
            slots, choices = getattr(self, name).shape[2:]
            if slots not in (1, space.n_slots) or choices != n_choices:
                raise InputError(
                    f"table {name} has {slots} slots and {choices} choices, "
                    f"but {space.name!r} needs {space.n_slots} (or 1) and {n_choices}"
                )

    def restrict(self, source: SearchSpace, target: SearchSpace) -> "AdditiveModel":
        """The same model on a smaller space, all of whose choices ``source`` offers."""

        e, b = positions(source, target, "embed_dim"), positions(source, target, "bias")

        def table(full: Floats, name: str) -> Floats:
            slots = range(min(full.shape[2], target.n_slots))
            return full[np.ix_(e, b, slots, positions(source, target, name))]

        curve = self.curve
        return AdditiveModel(
            base=self.base[np.ix_(e, b, positions(source, target, "n_layer"))],
            mlp=table(self.mlp, "mlp_ratio"),
            head=table(self.head, "n_head"),
            link=self.link,
            curve=curve and Curve(curve.knots[np.ix_(e, b)], curve.images[np.ix_(e, b)]),
        )


def positions(source: SearchSpace, target: SearchSpace, name: str) -> list[int]:
    """Where the choices of a smaller space stand among those of a larger one."""
    offered = getattr(source, name)
    return [offered.index(choice) for choice in getattr(target, name)]


def quantise(tables: dict[str, Floats], *, bits: int = 30) -> tuple[dict[str, Floats], int]:
    """Round tables to multiples of one power of two, and return its exponent.

    Sums of such entries are exact in float64 whatever their order: a batch, a single code and the dynamic program of
    the exact front agree to the last bit. ``bits`` are spent on the greatest magnitude.

    >>> tables, exponent = quantise({"base": np.array([1 / 3])}, bits=4)
    >>> tables["base"], exponent
    (array([0.3125]), -4)
    """
    largest = max(float(np.abs(table).max()) for table in tables.values())
    exponent = int(np.ceil(np.log2(largest))) - bits + 1 if largest > 0 else 0
    step = 2.0**exponent
    return {name: np.round(table / step) * step for name, table in tables.items()}, exponent
