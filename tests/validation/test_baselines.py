"""Baselines get a fair chance, and repeat."""

import numpy as np
import pytest

from hwbench_mo.measurements import Measurements
from hwbench_mo.typing import Floats
from hwbench_mo.validation import neural
from hwbench_mo.validation.baselines import all_baselines, views
from hwbench_mo.validation.folds import split_holdout
from hwbench_mo.validation.gaussian import gaussian_forecast
from hwbench_mo.validation.scores import rank_correlation, score
from tests.support.measured import TOY


def test_gaussian_baselines_widen_to_what_they_are_off(measured: Measurements) -> None:
    """A learner that knows nothing beyond the mean has as wide a Gaussian as the data is spread."""

    def ignorant(x: list[Floats], y: Floats, held: np.ndarray, x_new: list[Floats]) -> tuple[Floats, Floats]:
        mean = y[~held].mean(axis=0)
        return np.tile(mean, (held.sum(), 1)), np.tile(mean, (len(x_new[0]), 1))

    x = views(TOY, measured.codes, "memory_float16")
    quantiles = gaussian_forecast(measured, "memory_float16", x, x, ignorant)
    inside = score(np.arange(len(x[0])), quantiles, measured.readings["memory_float16"]).inside.mean(axis=0)
    assert inside == pytest.approx([0.5, 0.9], abs=0.15)


@pytest.mark.parametrize("name", ["lightgbm", "lightgbm_quantile", "trees", "neural"])
def test_baselines_are_fair_and_repeatable(measured: Measurements, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(all_baselines()[name].module)
    monkeypatch.setattr(neural, "UPDATES", 400)  # to be quick
    measured = measured.take(np.arange(len(measured.codes)) % 2 == 0)  # to be quick
    (fold,) = split_holdout(measured, share=0.2, seed=0)
    train, test = measured.take(~fold.test), measured.take(fold.test)
    for target in ("latency@a100", "memory_float16"):
        quantiles = all_baselines()[name](train, test.codes, target)
        assert quantiles.shape == (len(test.codes), 99)
        assert (np.diff(quantiles, axis=1) >= 0).all()
        median, centre = quantiles[:, 49], test.centre(target)
        assert np.median(np.abs(median / centre - 1)) < 0.1
        assert rank_correlation(median, centre, TOY.groups(test.codes)) > 0.6
    assert (all_baselines()[name](train, test.codes, target) == quantiles).all()
