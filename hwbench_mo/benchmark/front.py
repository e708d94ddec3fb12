"""The exact Pareto front of additive objectives, by dynamic programming over layers.

Given width, depth and bias, every objective is a sum over layers, and the mlp entries and the head entries of all
layers add up independently. Layer by layer, the program keeps the vectors of partial sums that no other dominates:
what is dominated now stays dominated whatever is added to both (Nemhauser & Ullmann, 1969). Hardware objectives depend
on counts alone, but for an energy or two, so that partial sums coincide and few are kept: at most one for each count of
choices with one objective that depends on the order of layers, some thousands with two.

Entries of neighbouring layers make the last layer's choice a part of the program's state, and products of counts make
the counts a part of it: a partial sum is compared with those of its own state alone. With products, the counts of
mlp_ratio and of n_head meet at the end, pair by pair: 703 x 703 pairs at 36 layers, for each width, bias and depth. The
pairs are streamed, and take seconds. Two objectives that depend on the order of layers keep many sums for each
pair, of which most are passed over by bounds. Sums are exact (see `hwbench_mo.surrogates.additive.quantise`), and so
is the front.
"""

import html
from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hwbench_mo.benchmark.chains import Chain, State, over_layers
from hwbench_mo.benchmark.combinations import combine, combine_by_counts
from hwbench_mo.display import as_html, between
from hwbench_mo.errors import InputError
from hwbench_mo.extras import needs
from hwbench_mo.pareto import nondominated
from hwbench_mo.progress import track
from hwbench_mo.spaces import SearchSpace, Space
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.targets import Target
from hwbench_mo.typing import Codes, Floats, Values, read_only

if TYPE_CHECKING:
    import pandas as pd


class Front(NamedTuple):
    """What a `ParetoFront` unpacks to."""

    codes: Codes
    values: Values


class ParetoFront(Front):
    """All non-dominated values and, for each, one architecture that attains it; ascending in the first objective.

    ``codes, values = front``: ``codes`` ``[n, d]`` are canonical, every column of ``values`` ``[n, m]`` is minimised.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> front = hb.make_problem("gpt_s", ["accuracy", "latency@a100"]).pareto_front()
    >>> list(front.to_frame().columns)[:3]
    ['accuracy', 'latency@a100', 'embed_dim']
    """

    space: Space | None = None
    """What the codes are of; None if the front was not asked of a benchmark or problem."""
    objectives: tuple[str, ...] = ()
    """Names of the m objectives, likewise."""

    def named(self, space: Space, objectives: Sequence[str]) -> "ParetoFront":
        """The same front, which knows what it is of."""
        front = ParetoFront(self.codes, self.values)
        front.space, front.objectives = space, tuple(objectives)
        return front

    def to_frame(self) -> "pd.DataFrame":
        """A row a point: each objective in its own direction (accuracy is not negated), then the architecture.

        Raises
        ------
        InputError
            If the front does not know what it is of.
        """
        if self.space is None:
            raise InputError("the front does not know its space and objectives; ask a problem for it")
        with needs("pandas"):
            import pandas as pd

        shown = pd.DataFrame(self.values * signs_of(self.objectives), columns=list(self.objectives))
        return shown.join(pd.DataFrame([vars(one) for one in self.space.decode(self.codes)]))

    def __repr__(self) -> str:
        names = self.objectives or [f"objective {place}" for place in range(self.values.shape[1])]
        signs = signs_of(self.objectives) if self.objectives else np.ones(len(names))
        ranges = [
            between(name, column, (Target.parse(name).unit or "") if self.objectives else "")
            for name, column in zip(names, (self.values * signs).T, strict=True)
        ]
        return f"ParetoFront({len(self.codes)} architectures: {', '.join(ranges)})"

    def _repr_html_(self) -> str:
        return html.escape(repr(self)) if self.space is None else as_html(repr(self), self.to_frame)


def signs_of(objectives: Sequence[str]) -> Floats:
    """``[m]``; -1 where the metric is maximised: values times signs are minimised."""
    return np.array([Target.parse(name).sign for name in objectives])


def front_of(codes: Codes, values: Values) -> ParetoFront:
    """The non-dominated among ``codes`` ``[n, d]`` of minimised ``values`` ``[n, m]``; of equal values, the first."""
    order = np.lexsort(values.T[::-1])
    kept = order[nondominated(values[order])]
    return ParetoFront(read_only(codes[kept]), read_only(values[kept]))


def candidate_codes(space: SearchSpace, models: Sequence[AdditiveModel], signs: Sequence[float]) -> Codes:
    """Canonical codes ``[n, d]`` that attain every point of the exact front of ``sign * model``, all minimised.

    Raises
    ------
    InputError
        If there are too many partial sums to hold.
    """
    values: list[Floats] = []
    codes: list[Codes] = []
    state = State.of(models)
    sign = np.array(signs)
    n_counts = len(space.mlp_ratio) + len(space.n_head)
    # Tables that do not depend on depth give the sums of all depths in one pass.
    every = range(len(space.n_layer))
    passes = [[depth] for depth in every] if any(model.by_depth for model in models) else [list(every)]
    groups = list(product(range(len(space.embed_dim)), range(len(space.bias)), passes))
    for e, b, depths in track(groups, "exact front", unit="group"):
        layers = [space.n_layer[depth] for depth in depths]
        mlp, head = (
            over_layers(Chain.of(space, kind, models, signs, e, b, depths[0]), layers, state)
            for kind in ("mlp", "head")
        )
        none = np.zeros((n_counts, n_counts))
        products = sign[:, None, None] * [none if model.products is None else model.products[e, b] for model in models]
        for depth, n_layers in zip(depths, layers, strict=True):
            base = sign * [model.base[e, b, depth] for model in models]
            one, other = mlp[n_layers], head[n_layers]
            found = combine_by_counts(one, other, products) if state.by_counts else combine(one, other)
            block = np.zeros((len(found.sums), space.n_genes), dtype=np.int64)
            block[:, [EMBED_DIM, N_LAYER, BIAS]] = e, depth, b
            block[:, space.mlp_genes] = one.choices[found.mlp]
            block[:, space.head_genes] = other.choices[found.head]
            # Within one width and bias, what is done to a sum last is increasing: what is best stays best. Across
            # them, values are compared.
            sums = (found.sums + base) * sign
            at = np.full(len(sums), e), np.full(len(sums), b)
            columns = [model.value(sums[:, i], *at) * sign[i] for i, model in enumerate(models)]
            values.append(np.stack(columns, axis=1))
            codes.append(block)
    kept = nondominated(np.concatenate(values))
    return np.concatenate(codes)[kept]
