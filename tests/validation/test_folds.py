"""Folds, the random share and the corners: what is held out is not fitted to."""

from dataclasses import replace

import numpy as np
import pytest

from hwbench_mo.measurements import Measurements
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.validation.folds import extremeness, split_corners, split_folds, split_holdout


def test_every_architecture_is_kept_from_one_fold_even_where_it_is_repeated(measured: Measurements) -> None:
    rows = np.arange(len(measured.codes))
    doubled = measured.take(np.ones(len(rows), dtype=bool))
    twice = replace(
        doubled,
        campaign_index=np.tile(doubled.campaign_index, 2),
        codes=np.concatenate([doubled.codes, doubled.codes]),
        perplexity_mlp=np.tile(doubled.perplexity_mlp, 2),
        held_out=np.tile(doubled.held_out, 2),
        readings={name: np.concatenate([values, values]) for name, values in doubled.readings.items()},
    )
    folds = split_folds(twice, folds=5, seed=3)
    assert np.sum([fold.test for fold in folds], axis=0).tolist() == [1] * len(twice.codes)
    for fold in folds:
        train, test = ({tuple(code) for code in twice.codes[rows]} for rows in (~fold.test, fold.test))
        assert train.isdisjoint(test)
        assert fold.test.sum() == pytest.approx(len(twice.codes) / 5, abs=2)
    (holdout,) = split_holdout(measured, share=0.1, seed=3)
    assert holdout.test.sum() == pytest.approx(0.1 * len(rows), abs=1)
    assert (split_holdout(measured, share=0.1, seed=4)[0].test != holdout.test).any()
    assert (split_holdout(measured, share=0.1, seed=3)[0].test == holdout.test).all()


def test_corners_are_the_outer_tenth_of_each_width(measured: Measurements) -> None:
    (corners,) = split_corners(measured)
    distance, embed_dim = extremeness(measured), measured.codes[:, EMBED_DIM]
    for e in (0, 1):
        here = embed_dim == e
        assert corners.test[here].mean() == pytest.approx(0.1, abs=0.06)  # many of so few layers are equally far
        assert distance[here & corners.test].min() >= distance[here & ~corners.test].max()
    counts = measured.space.counts(measured.codes)[1]
    spread = [np.abs(counts[rows] - counts.mean(axis=0)).mean() for rows in (corners.test, ~corners.test)]
    assert spread[0] > spread[1]
