"""The predicted error of tables is the error that they have."""

import numpy as np

from hwbench_mo import SPACES
from hwbench_mo.profiling.design import corners
from hwbench_mo.profiling.precision import UNKNOWN, predicted_error
from tests.profiling.test_design import codes_in, units_of
from tests.support.simulated_device import device_tables, truth

SPACE = SPACES["gpt_s"]


def test_the_predicted_error_is_the_real_one() -> None:
    codes = codes_in(units_of(SPACE, 12), "fit")
    values = truth(SPACE, device_tables(SPACE), "latency", codes)
    asked = np.concatenate([SPACE.sample(200, np.random.default_rng(0)), corners(SPACE)])
    rng = np.random.default_rng(1)
    predicted, real = [], []
    for _ in range(30):
        noisy = values * rng.lognormal(0, 0.01, len(values))
        predicted.append(predicted_error(SPACE, codes, noisy).typical)
        # The tables of these measurements, as the prediction has them: linear within each (embed_dim, bias).
        found = _linear(codes, noisy, asked)
        real.append(np.sqrt(np.mean((found / truth(SPACE, device_tables(SPACE), "latency", asked) - 1) ** 2)))
    assert 0.8 < np.mean(predicted) / np.mean(real) < 1.25


def _linear(codes: np.ndarray, values: np.ndarray, asked: np.ndarray) -> np.ndarray:
    from hwbench_mo.profiling.design import regressors

    found = np.empty(len(asked))
    for group in np.unique(SPACE.groups(codes)):
        rows, own = SPACE.groups(codes) == group, SPACE.groups(asked) == group
        coefficients = np.linalg.lstsq(regressors(SPACE, codes[rows]), values[rows])[0]
        found[own] = regressors(SPACE, asked[own]) @ coefficients
    return found


def test_too_few_rows_tell_nothing() -> None:
    codes = codes_in(units_of(SPACE, 4), "fit")
    values = truth(SPACE, device_tables(SPACE), "latency", codes)
    assert predicted_error(SPACE, codes, values) == UNKNOWN
    assert predicted_error(SPACE, codes, np.full(len(codes), np.nan)) == UNKNOWN
    assert str(UNKNOWN) == "unknown"


def test_exact_measurements_have_no_error() -> None:
    codes = codes_in(units_of(SPACE, 12), "fit")
    found = predicted_error(SPACE, codes, truth(SPACE, device_tables(SPACE), "latency", codes))
    assert found.worst < 1e-9
    assert str(found) == "0.00 % (worst 0.00 %)"
