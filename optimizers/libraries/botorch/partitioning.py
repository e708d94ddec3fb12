"""BoTorch's boxes of the non-dominated space for three objectives, from Python's numbers instead of small tensors."""

import math
from typing import Any

import torch
from botorch.utils.multi_objective.box_decompositions.box_decomposition import BoxDecomposition
from botorch.utils.multi_objective.box_decompositions.non_dominated import FastNondominatedPartitioning

Point = tuple[float, float, float]
Zone = tuple[Point, tuple[Point, Point, Point]]
"""A local upper bound, and the points that define its three coordinates."""


class Partitioning(FastNondominatedPartitioning):  # type: ignore[misc]
    """The boxes of `FastNondominatedPartitioning` in the same order, in a tenth of the time for three objectives."""

    def update(self, Y: Any) -> None:
        """Partition the space anew with further points ``[n, m]``."""
        BoxDecomposition.update(self, Y)

    def _partition_space(self) -> None:
        if self.num_outcomes != 3:
            super()._partition_space()
            return
        reference, front = self.ref_point, self._neg_pareto_Y
        worst: Point = tuple((-reference).tolist())
        zones = local_upper_bounds(front.tolist(), worst, (-math.inf, -math.inf, -math.inf))
        corners = [(-a, -b, -c) for (a, b, c), _ in zones]
        infinite = (math.inf, math.inf, math.inf)
        boxes = [
            (p[0], p[1], max(p[2], q[2]), math.inf, u[1], u[2])
            for u, (p, q, _) in local_upper_bounds(corners, infinite, tuple(reference.tolist()))
        ]
        kept = [box for box in boxes if box[3] > box[0] and box[4] > box[1] and box[5] > box[2]]
        bounds = torch.tensor(kept, dtype=front.dtype, device=front.device)
        self.hypercell_bounds = bounds.view(-1, 2, 3).transpose(0, 1).contiguous()


def local_upper_bounds(points: list[Point], bound: Point, ideal: Point) -> list[Zone]:
    """Algorithm 1 of Lacour, Klamroth & Fonseca (2017) for three minimised objectives, point after point.

    >>> zones = local_upper_bounds([(1.0, 2.0, 3.0)], (9.0, 9.0, 9.0), (0.0, 0.0, 0.0))
    >>> [upper for upper, _ in zones]
    [(1.0, 9.0, 9.0), (9.0, 2.0, 9.0), (9.0, 9.0, 3.0)]
    """
    a, b, c = bound
    first, second, third = (a, *ideal[1:]), (ideal[0], b, ideal[2]), (*ideal[:2], c)
    zones: list[Zone] = [(bound, (first, second, third))]
    for x, y, z in points:
        point = (x, y, z)
        hit = [row for row, ((a, b, c), _) in enumerate(zones) if a > x and b > y and c > z]
        split = [zones[row] for row in hit]
        for row in reversed(hit):
            del zones[row]
        zones += [((x, u[1], u[2]), (point, q, r)) for u, (_, q, r) in split if x >= q[0] and x >= r[0]]
        zones += [((u[0], y, u[2]), (p, point, r)) for u, (p, _, r) in split if y >= p[1] and y >= r[1]]
        zones += [((u[0], u[1], z), (p, q, point)) for u, (p, q, _) in split if z >= p[2] and z >= q[2]]
    return zones
