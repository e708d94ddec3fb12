"""Increasing curves from sums of table entries to values."""

from dataclasses import dataclass

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.typing import Floats, Ints


@dataclass(frozen=True, eq=False)
class Curve:
    """An increasing, piecewise linear map of sums, one for each (embed_dim, bias).

    Some energies are read in two modes whose shares change along the sum: their median is no sum, but an increasing
    function of one, and so what is best stays best. Beyond the outermost knots a sum is mapped in proportion.

    Parameters
    ----------
    knots, images
        ``[e, b, j]``; positive, each strictly ascending along j.
    """

    knots: Floats
    images: Floats

    def __post_init__(self) -> None:
        if self.knots.ndim != 3 or self.knots.shape != self.images.shape or self.knots.shape[2] < 2:
            raise InputError(f"a curve's knots and images have shapes {self.knots.shape} and {self.images.shape}")
        for name in ("knots", "images"):
            array = np.array(getattr(self, name), dtype=np.float64)
            if not ((array > 0).all() and (np.diff(array, axis=2) > 0).all()):
                raise InputError(f"{name} of a curve must be positive and ascend")
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __call__(self, totals: Floats, e: Ints, b: Ints) -> Floats:
        """``[n]``; images of ``totals`` ``[n]`` of architectures of those widths and biases."""
        answer = np.empty(len(totals))
        own = e * self.knots.shape[1] + b
        for row, (knots, images) in enumerate(zip(_rows(self.knots), _rows(self.images), strict=True)):
            rows = own == row
            sums = totals[rows]
            inside = np.interp(sums, knots, images)
            below, above = sums < knots[0], sums > knots[-1]
            inside[below] = sums[below] * (images[0] / knots[0])
            inside[above] = sums[above] * (images[-1] / knots[-1])
            answer[rows] = inside
        return answer

    def slope(self, totals: Floats, e: Ints, b: Ints) -> Floats:
        """``[n]``; the derivative at ``totals`` ``[n]``."""
        knots, images = self.knots[e, b], self.images[e, b]
        inner = np.diff(images) / np.diff(knots)
        slopes = np.concatenate([images[:, :1] / knots[:, :1], inner, images[:, -1:] / knots[:, -1:]], axis=1)
        return np.asarray(slopes[np.arange(len(totals)), (totals[:, None] > knots).sum(axis=1)])


def _rows(array: Floats) -> Floats:
    return array.reshape(-1, array.shape[-1])
