"""Which architectures are held out from a fit: folds, a random share, or the corners of the space."""

from dataclasses import dataclass

import numpy as np

from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.typing import Bools, Floats, Ints

CORNERS = "corners"
OUTER_SHARE = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Fold:
    """One fit, and the architectures that it is judged on."""

    split: str
    """``folds``, ``holdout`` or ``corners``."""
    number: int
    test: Bools
    """``[n]``; the architectures that the fit does not see."""


def split_folds(measured: Measurements, *, folds: int, seed: int) -> list[Fold]:
    """K random folds: each architecture is held out from one fit."""
    fold = _shuffled(measured, seed) % folds
    return [Fold(split="folds", number=k, test=fold == k) for k in range(folds)]


def split_holdout(measured: Measurements, *, share: float, seed: int) -> list[Fold]:
    """One fit, without a random share of the architectures."""
    position = _shuffled(measured, seed)
    n_test = max(1, round(share * (position.max() + 1)))
    return [Fold(split="holdout", number=0, test=position < n_test)]


def split_corners(measured: Measurements) -> list[Fold]:
    """One fit, without the outer tenth of each embed_dim: extreme depths and counts of choices."""
    distance = extremeness(measured)
    embed_dim = measured.codes[:, EMBED_DIM]
    test = np.zeros(len(distance), dtype=bool)
    for e in np.unique(embed_dim):
        rows = embed_dim == e
        test[rows] = distance[rows] > np.quantile(distance[rows], 1 - OUTER_SHARE)
    return [Fold(split=CORNERS, number=0, test=test)]


def extremeness(measured: Measurements) -> Floats:
    """``[n]``; Mahalanobis distance of (n_layer, counts of choices) from their mean within the embed_dim.

    Counts of either kind add up to n_layer, so their covariance is singular: the pseudo-inverse measures distance
    within the subspace that the architectures are in.
    """
    space, codes = measured.space, measured.codes
    counts = np.column_stack([space.depth(codes), space.counts_as_floats(codes)])
    distance = np.empty(len(codes))
    for e in np.unique(codes[:, EMBED_DIM]):
        rows = codes[:, EMBED_DIM] == e
        centred = counts[rows] - counts[rows].mean(axis=0)
        precision = np.linalg.pinv(centred.T @ centred / rows.sum(), rcond=1e-9, hermitian=True)
        distance[rows] = np.sqrt(np.einsum("np,pq,nq->n", centred, precision, centred).clip(min=0))
    return distance


def _shuffled(measured: Measurements, seed: int) -> Ints:
    """``[n]``; a random rank of each architecture; rows that repeat an architecture share its rank."""
    _, which = np.unique(measured.codes, axis=0, return_inverse=True)
    which = which.reshape(-1)
    places: Ints = np.random.default_rng(seed).permutation(int(which.max()) + 1)[which]
    return places
