"""Tables of a few dozen architectures: right, with errors that are true, and noise that a new measurement has."""

from dataclasses import replace

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.fitting.few import fit_few
from hwbench_mo.fitting.fitted import answers, with_distribution
from hwbench_mo.spaces import get_space
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM
from tests.support.device import SimulatedDevice, corners

SPACE = get_space("gpt_s")
DISTURBED = SimulatedDevice(SPACE, seed=1, slow=lambda t: 0.04 * (t - 0.5), throttled=(30, 44, 1.25), outliers=(10, 70))


def test_tables_are_found_through_drift_throttling_and_outliers() -> None:
    measured = DISTURBED.measure("mine")
    for metric in ("latency", "energy"):
        fitted = fit_few(measured, f"{metric}@mine")
        model = with_distribution(fitted.model, fitted.distribution)
        for codes, bound, worst in (
            (SPACE.sample(500, np.random.default_rng(0)), 0.005, 0.02),
            (corners(SPACE), 0.01, 0.03),
        ):
            truth = answers(SPACE, DISTURBED.models[metric], codes)
            error = np.abs(answers(SPACE, model, codes) / truth - 1)
            assert np.median(error) < bound
            assert error.max() < worst
        drift = fitted.facts["drift"]
        (episode,) = drift["episodes"]
        assert episode["percent"] == pytest.approx(25, abs=2)
        assert drift["outliers"] == [10, 70]
        assert drift["slow_percent"] == pytest.approx([-2, 2], abs=0.8)
        assert fitted.facts["held_out"]["median_percent"] < 0.5
        assert fitted.facts["held_out"]["worst_percent"] < 2


def test_standard_errors_are_true_where_nothing_drifts() -> None:
    z = []
    for seed in range(4):
        device = SimulatedDevice(SPACE, seed=seed)
        fitted = fit_few(device.measure("mine", energy=False), "latency@mine")
        model = with_distribution(fitted.model, fitted.distribution)
        codes = SPACE.sample(200, np.random.default_rng(seed))
        error = answers(SPACE, model, codes) - answers(SPACE, device.models["latency"], codes)
        z.append(error / fitted.error.standard_error(SPACE, codes))
    assert 0.5 < np.sqrt(np.mean(np.square(z))) < 1.6


def test_noise_is_that_of_a_repeat_and_the_state_of_the_device() -> None:
    for device, expected in (
        (SimulatedDevice(SPACE, noise=0.01), 0.01),
        (SimulatedDevice(SPACE, noise=0.01, slow=lambda t: 0.1 * (t - 0.5)), np.hypot(0.01, 0.1 / np.sqrt(12))),
    ):
        fitted = fit_few(device.measure("mine", energy=False), "latency@mine")
        codes = SPACE.sample(50, np.random.default_rng(0))
        medians = answers(SPACE, with_distribution(fitted.model, fitted.distribution), codes)
        noise = fitted.distribution.noise
        shape = fitted.distribution.factors.shape[1]
        groups = codes[:, EMBED_DIM] * shape + codes[:, BIAS]
        if len(noise.ratios) < shape * len(SPACE.embed_dim):
            groups = codes[:, EMBED_DIM]
        assert np.median(noise.std(groups, medians) / medians) == pytest.approx(expected, rel=0.35)


def test_peak_memory_that_is_exact_is_met_exactly() -> None:
    device = SimulatedDevice(SPACE)
    fitted = fit_few(device.measure("mine"), "peak_memory@mine")
    codes = corners(SPACE)
    model = with_distribution(fitted.model, fitted.distribution)
    assert answers(SPACE, model, codes) == pytest.approx(answers(SPACE, device.models["peak_memory"], codes), rel=1e-6)
    assert fitted.facts["drift"]["episodes"] == []


def test_rows_that_lack_a_metric_do_not_count() -> None:
    measured = SimulatedDevice(SPACE).measure("mine")
    lacking = measured.readings["energy@mine"].copy()
    lacking[::7] = np.nan
    fitted = fit_few(replace(measured, readings={**measured.readings, "energy@mine": lacking}), "energy@mine")
    assert fitted.facts["rows"] < (~measured.held_out).sum()


def test_too_few_or_too_alike_are_refused() -> None:
    measured = SimulatedDevice(SPACE).measure("mine")
    with pytest.raises(InputError, match=r"gpt_s: every second row with latency@mine holds \d architectures of embed"):
        fit_few(measured.take(np.arange(len(measured.codes)) < 40), "latency@mine")
    alike = measured.codes.copy()
    alike[:, SPACE.mlp_genes] = 1
    with pytest.raises(InputError, match=r"architectures of embed_dim 192 are too few or too alike to tell what"):
        fit_few(replace(measured, codes=SPACE.repair(alike)), "latency@mine")
