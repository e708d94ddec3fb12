"""Additive models: a base for the shared choices and entries for the layers' choices, summed."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.curve import Curve
from hwbench_mo.typing import Floats, Ints

Link = Literal["identity", "exp"]
OPTIONAL = ("mlp_by_depth", "head_by_depth", "mlp_pairs", "head_pairs", "products")
PARTS = ("base", "mlp", "head", *OPTIONAL)
"""Names of the tables of a model, in the order of its parameters."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AdditiveModel:
    """A metric as ``curve(link(base + sum over layers of their entries + products of counts))``.

    Axes: e embed_dim, b bias, l n_layer, s slot (1 where the position of a layer does not matter), c choice, k counts:
    how many layers take each mlp_ratio, then each n_head. A table that is None adds nothing.

    Parameters
    ----------
    base
        ``[e, b, l]``.
    mlp, head
        ``[e, b, s, c]``; what a layer with that choice adds.
    mlp_by_depth, head_by_depth
        ``[e, b, l, s, c]``; what such a layer adds on top, by the number of layers.
    mlp_pairs, head_pairs
        ``[e, b, s - 1, c, c]``; what the choices of slots s and s + 1 add together, where both hold a layer.
    products
        ``[e, b, k, k]``; the counts n add ``n @ products @ n``.
    link
        ``identity``, or ``exp`` for tables of a logarithm. Both are increasing: the least sum is the least value.
    curve
        What is done to the sums of the identity last, if anything; increasing too.
    """

    base: Floats
    mlp: Floats
    head: Floats
    mlp_by_depth: Floats | None = None
    head_by_depth: Floats | None = None
    mlp_pairs: Floats | None = None
    head_pairs: Floats | None = None
    products: Floats | None = None
    link: Link = "identity"
    curve: Curve | None = None

    def __post_init__(self) -> None:
        if self.base.ndim != 3:
            raise InputError(f"table base has shape {self.base.shape}, but needs [e, b, l]")
        for name, table in self.parts.items():
            axes = {"mlp": 4, "head": 4, "products": 4}.get(name, 5)
            if name != "base" and (table.ndim != axes or table.shape[:2] != self.base.shape[:2]):
                raise InputError(
                    f"table {name} has shape {table.shape}, but needs {axes} axes, the first of {self.base.shape[:2]}"
                )
            array = np.array(table, dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if self.curve is not None and (self.link != "identity" or self.curve.knots.shape[:2] != self.base.shape[:2]):
            raise InputError(f"a curve is for sums of the identity, one for each of {self.base.shape[:2]}")

    @property
    def parts(self) -> dict[str, Floats]:
        """The tables that the model has, by name."""
        return {name: table for name in PARTS if (table := getattr(self, name)) is not None}

    @property
    def by_depth(self) -> bool:
        """Whether what a layer adds depends on the number of layers."""
        return self.mlp_by_depth is not None or self.head_by_depth is not None

    @property
    def has_pairs(self) -> bool:
        """Whether neighbouring layers have entries in common."""
        return self.mlp_pairs is not None or self.head_pairs is not None

    @property
    def by_order(self) -> bool:
        """Whether the sum depends on more of the layers than how many take each choice."""
        return max(self.mlp.shape[2], self.head.shape[2]) > 1 or self.by_depth or self.has_pairs

    def with_parts(self, **tables: Floats) -> "AdditiveModel":
        """The same model with other tables."""
        return replace(self, **tables)  # type: ignore[arg-type]

    def scaled(self, factors: Floats) -> "AdditiveModel":
        """The model whose sums are multiplied by ``factors`` ``[e, b]``."""
        return self.with_parts(
            **{
                name: table * factors.reshape(*factors.shape, *(1,) * (table.ndim - 2))
                for name, table in self.parts.items()
            }
        )

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
        check_shapes(self.parts, space)

    def restrict(self, source: SearchSpace, target: SearchSpace) -> "AdditiveModel":
        """The same model on a smaller space, all of whose choices ``source`` offers."""
        e, b = positions(source, target, "embed_dim"), positions(source, target, "bias")
        curve = self.curve
        return replace(
            self,
            **restrict_parts(self.parts, source, target),  # type: ignore[arg-type]
            curve=curve and Curve(curve.knots[np.ix_(e, b)], curve.images[np.ix_(e, b)]),
        )


def shapes_of(space: SearchSpace) -> dict[str, tuple[int, ...]]:
    """What shape each table of a model of a space has, where positions matter."""
    e, b, n_depths, n_slots = len(space.embed_dim), len(space.bias), len(space.n_layer), space.n_slots
    n_mlp, n_head = len(space.mlp_ratio), len(space.n_head)
    return {
        "base": (e, b, n_depths),
        "mlp": (e, b, n_slots, n_mlp),
        "head": (e, b, n_slots, n_head),
        "mlp_by_depth": (e, b, n_depths, n_slots, n_mlp),
        "head_by_depth": (e, b, n_depths, n_slots, n_head),
        "mlp_pairs": (e, b, n_slots - 1, n_mlp, n_mlp),
        "head_pairs": (e, b, n_slots - 1, n_head, n_head),
        "products": (e, b, n_mlp + n_head, n_mlp + n_head),
    }


def check_shapes(parts: dict[str, Floats], space: SearchSpace) -> None:
    """Raise `InputError` if tables are not of a space; ``mlp`` and ``head`` may have one slot."""
    for name, shape in shapes_of(space).items():
        found = parts[name].shape if name in parts else shape
        if found != shape and not (name in ("mlp", "head") and found == (*shape[:2], 1, shape[3])):
            raise InputError(f"table {name} has shape {found}, but {space.name!r} needs {shape}")


def restrict_parts(parts: dict[str, Floats], source: SearchSpace, target: SearchSpace) -> dict[str, Floats]:
    """Tables of the smaller of two spaces; axes behind those of a model's tables are kept."""
    at = {name: positions(source, target, name) for name in ("embed_dim", "bias", "n_layer", "mlp_ratio", "n_head")}
    counts = at["mlp_ratio"] + [len(source.mlp_ratio) + choice for choice in at["n_head"]]

    def chosen(name: str, table: Floats) -> Floats:
        choices = at["mlp_ratio"] if name.startswith("mlp") else at["n_head"]
        n_slots = target.n_slots - 1 if name.endswith("pairs") else target.n_slots
        behind: tuple[list[int], ...]
        if name == "base":
            behind = (at["n_layer"],)
        elif name == "products":
            behind = (counts, counts)
        elif name.endswith("pairs"):
            behind = (list(range(n_slots)), choices, choices)
        elif name.endswith("by_depth"):
            behind = (at["n_layer"], list(range(n_slots)), choices)
        else:
            behind = (list(range(min(table.shape[2], n_slots))), choices)
        answer: Floats = table[np.ix_(at["embed_dim"], at["bias"], *behind)]
        return answer

    return {name: chosen(name, table) for name, table in parts.items()}


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
    largest = max(float(np.abs(table).max(initial=0.0)) for table in tables.values())
    exponent = int(np.ceil(np.log2(largest))) - bits + 1 if largest > 0 else 0
    step = 2.0**exponent
    return {name: np.round(table / step) * step for name, table in tables.items()}, exponent
