"""How far an architecture is from those that were measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.surrogates.additive import positions
from hwbench_mo.targets import QUALITY, Target
from hwbench_mo.typing import Codes, Floats, Ints

N_DISTANCES = 201


@dataclass(frozen=True, eq=False)
class Support:
    """Distances from the middle of the measured architectures of the same width, by how many layers take each choice.

    Axes: e embed_dim, c choices of mlp_ratio and n_head side by side. Counts of each kind add up to n_layer.

    Parameters
    ----------
    middle
        ``[e, c]``; mean counts of the measured architectures.
    metric
        ``[e, c, c]``; inverse (pseudo-inverse, as counts are dependent) of the counts' covariance.
    distances
        ``[e, q]``; equidistant quantiles of the measured architectures' distances, from the least to the greatest.
    columns
        ``[c']``; which of the c choices the space offers, in order; all of them, but in a restricted space.
    """

    middle: Floats
    metric: Floats
    distances: Floats
    columns: tuple[int, ...]

    def __post_init__(self) -> None:
        e, c = self.middle.shape
        if self.metric.shape != (e, c, c) or len(self.distances) != e:
            raise InputError(f"metric has shape {self.metric.shape}, but {e} widths and {c} choices need {(e, c, c)}")

    @staticmethod
    def of(space: SearchSpace, codes: Codes) -> "Support":
        """The support that measured codes ``[n, d]`` give."""
        counts = space.counts_as_floats(codes)
        widths = [counts[codes[:, EMBED_DIM] == e] for e in range(len(space.embed_dim))]
        middle = np.stack([rows.mean(axis=0) for rows in widths])
        metric = np.stack([np.linalg.pinv(np.cov(rows.T), rcond=1e-9, hermitian=True) for rows in widths])
        grid = np.linspace(0, 1, N_DISTANCES)
        far = [np.quantile(_distance(rows - middle[e], metric[e]), grid) for e, rows in enumerate(widths)]
        return Support(middle, metric, np.stack(far), tuple(range(counts.shape[1])))

    def distance(self, space: SearchSpace, codes: Codes) -> Floats:
        """``[n]``; Mahalanobis distance (1936) from the middle of the measured architectures of the same width."""
        counts = np.zeros((len(codes), self.middle.shape[1]))
        counts[:, self.columns] = space.counts_as_floats(codes)
        e = codes[:, EMBED_DIM]
        return _distance(counts - self.middle[e], self.metric[e])

    def share(self, space: SearchSpace, codes: Codes) -> Floats:
        """``[n]``; share of the measured architectures of that width that are at least as far out, 0 to 1."""
        distance, e = self.distance(space, codes), codes[:, EMBED_DIM]
        share = np.empty(len(codes))
        for width, row in enumerate(self.distances):
            own = e == width
            share[own] = 1 - np.interp(distance[own], row, np.linspace(0, 1, len(row)))
        return share

    def shares(self, e: int, mlp: Ints, head: Ints) -> Callable[[Ints, Ints], Floats]:
        """Shares of architectures of width ``e`` by two count vectors: places i and j in ``[i, c]`` and ``[j, c]``.

        >>> space = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1, 2))
        >>> support = Support.of(space, space.sample(50, np.random.default_rng(0)))
        >>> share, first = support.shares(0, np.array([[0, 1]]), np.array([[1, 0]])), np.array([0])
        >>> bool(np.isclose(share(first, first), support.share(space, np.array([[0, 0, 0, 1, 0, 0, 0]])))[0])
        True
        """
        offset = np.zeros((len(mlp), self.middle.shape[1])) - self.middle[e]
        offset[:, self.columns[: mlp.shape[1]]] += mlp
        other = np.zeros((len(head), self.middle.shape[1]))
        other[:, self.columns[mlp.shape[1] :]] = head
        metric, row = self.metric[e], self.distances[e]
        own, others = np.einsum("ic,cd,id->i", offset, metric, offset), np.einsum("jc,cd,jd->j", other, metric, other)
        together = 2 * offset @ metric @ other.T

        def share(i: Ints, j: Ints) -> Floats:
            distance = np.sqrt(np.maximum(own[i] + others[j] + together[i, j], 0.0))
            return np.asarray(1 - np.interp(distance, row, np.linspace(0, 1, len(row))))

        return share

    def restrict(self, source: SearchSpace, target: SearchSpace) -> "Support":
        """The same on a smaller space, all of whose choices ``source`` offers."""
        e = positions(source, target, "embed_dim")
        n_ratios = len(source.mlp_ratio)
        offered = positions(source, target, "mlp_ratio") + [n_ratios + c for c in positions(source, target, "n_head")]
        columns = tuple(self.columns[c] for c in offered)
        return Support(self.middle[e], self.metric[e], self.distances[e], columns)


def support_of(supports: Mapping[str, Support], target: str) -> Support | None:
    """The support of a measured target, of those of a benchmark; None where there is none."""
    kind = "quality" if target in QUALITY else "hardware"
    return supports.get(f"{kind}@{Target.parse(target).device}", supports.get(kind))


def _distance(offset: Floats, metric: Floats) -> Floats:
    """``[n]``; of offsets ``[n, c]``, by one metric ``[c, c]`` or one a row."""
    squared = (
        np.einsum("nc,...cd,nd->n", offset, metric, offset)
        if metric.ndim == 2
        else np.einsum("nc,ncd,nd->n", offset, metric, offset)
    )
    distance: Floats = np.sqrt(np.maximum(squared, 0.0))
    return distance
