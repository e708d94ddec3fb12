"""Fits of hardware tables: the campaign is told from the architecture, physics is kept, errors are what they claim."""

from dataclasses import replace

import numpy as np
import pytest

from hwbench_mo import SearchSpace
from hwbench_mo.fitting.campaign import estimate_drift, neutral_level_error
from hwbench_mo.fitting.hardware import add_order, fit_hardware, interaction_gain
from hwbench_mo.fitting.positions import PositionRidge
from hwbench_mo.fitting.width import HardwareFit
from hwbench_mo.surrogates import AdditiveModel
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.typing import Codes, Floats

SPACE = SearchSpace(name="toy", embed_dim=(64, 128), n_layer=(6, 7, 8), mlp_ratio=(2, 3, 4), n_head=(1, 2, 4))
N = 4000


def _truth(*, bias_share: float = 0.0, head: tuple[float, ...] = (0.0, 0.2, 0.5)) -> AdditiveModel:
    e, b = np.array([1.0, 3.0])[:, None, None], 1 + bias_share * np.array([0.0, 1.0])[None, :, None]
    return AdditiveModel(
        base=np.broadcast_to(5 * e, (2, 2, 3)),
        mlp=(e * b * np.array([1.0, 1.3, 1.6]))[:, :, None],
        head=(e * b * np.array(head))[:, :, None],
    )


def _campaign(
    seed: int, truth: AdditiveModel, *, noise: float = 0.02, drift: Floats | None = None
) -> tuple[Codes, Floats]:
    rng = np.random.default_rng(seed)
    codes = SPACE.sample(N, rng)
    centre = Kernel(SPACE, [truth])(codes)[:, 0] * rng.lognormal(0, noise, N)
    return codes, centre if drift is None else centre * np.exp(drift)


def _steps(seed: int) -> Floats:
    """A node's states: each holds on for 200 architectures."""
    return np.repeat(np.random.default_rng(seed).choice([0.0, 0.1, -0.2], size=N // 200), 200)


INDEX = np.arange(N)


def _error_of_tables(fit: HardwareFit, truth: AdditiveModel) -> float:
    """Root mean square error relative to the truth, a common level aside."""
    codes = SPACE.sample(2000, np.random.default_rng(99))
    log_ratio = np.log(Kernel(SPACE, [fit.model])(codes)[:, 0] / Kernel(SPACE, [truth])(codes)[:, 0])
    for width in range(2):
        log_ratio[codes[:, 0] == width] -= log_ratio[codes[:, 0] == width].mean()
    return float(np.sqrt(np.mean(log_ratio**2)))


def test_drift_is_taken_off_the_tables() -> None:
    truth, drift = _truth(), _steps(1)
    codes, centre = _campaign(0, truth, drift=drift)
    with_drift = fit_hardware(SPACE, codes, centre, INDEX)
    # A campaign in disorder has no neighbours to tell the drift from: what one has without a model of it.
    blind = fit_hardware(SPACE, codes, centre, np.random.default_rng(2).permutation(N))
    assert _error_of_tables(with_drift, truth) < 0.3 * _error_of_tables(blind, truth)
    found = with_drift.drift - (drift - drift.mean())
    assert np.median(np.abs(found)) < 0.01


def test_without_drift_none_is_found() -> None:
    truth = _truth()
    codes, centre = _campaign(0, truth)
    assert (fit_hardware(SPACE, codes, centre, INDEX).drift == 0).all()


def test_modes_that_come_and_go_are_no_drift() -> None:
    ratio = np.random.default_rng(0).choice([0.0, 0.1], size=1000, p=[0.6, 0.4])
    assert (estimate_drift(np.arange(1000), np.zeros(1000, dtype=np.int64), ratio) == 0).all()


def test_a_step_between_jobs_stays_a_step() -> None:
    index = np.arange(2400, 2600)
    ratio = np.where(index < 2500, -0.3, 0.3)
    assert (estimate_drift(index, np.zeros(200, dtype=np.int64), ratio) == ratio).all()


def test_drift_does_not_depend_on_the_order_of_rows() -> None:
    rng = np.random.default_rng(0)
    ratio = _steps(3) + rng.normal(0, 0.02, N)
    width = rng.integers(3, size=N)
    order = rng.permutation(N)
    whole = estimate_drift(INDEX, width, ratio)
    assert estimate_drift(INDEX[order], width[order], ratio[order]) == pytest.approx(whole[order], abs=1e-12)


def test_the_level_is_less_certain_the_longer_states_hold_on() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.1, N)
    lasting = np.repeat(rng.normal(0, 0.1, N // 200), 200)
    assert neutral_level_error(INDEX, noise) == pytest.approx(0.1 * np.sqrt(np.pi / 2 / N), rel=0.5)
    assert neutral_level_error(INDEX, lasting + noise) > 5 * neutral_level_error(INDEX, noise)


def test_what_bias_changes_is_kept_where_it_shows() -> None:
    codes, centre = _campaign(0, _truth(bias_share=0.1), noise=0.01)
    assert fit_hardware(SPACE, codes, centre, INDEX).by_bias == (True, True)
    fits = [fit_hardware(SPACE, *_campaign(seed, _truth(), noise=0.05), INDEX) for seed in range(10)]
    # Rows left out favour a spurious term about once in six.
    assert np.mean([fit.by_bias for fit in fits]) < 0.4
    for fit in fits:
        shared = ~np.array(fit.by_bias)
        assert (fit.model.mlp[shared, 0] == fit.model.mlp[shared, 1]).all()


def test_more_heads_never_cost_less_where_data_leaves_it_open() -> None:
    codes, centre = _campaign(4, _truth(head=(0.0, 0.0, 0.0)), noise=0.1)
    fit = fit_hardware(SPACE, codes, centre, INDEX)
    assert (np.diff(fit.model.head, axis=3) >= -1e-9).all()
    assert fit.level_with
    assert not fit.cheaper


def test_data_that_says_more_heads_cost_less_is_heard_and_reported() -> None:
    truth = _truth(head=(0.0, 0.4, 0.2))
    codes, centre = _campaign(0, truth, noise=0.01)
    fit = fit_hardware(SPACE, codes, centre, INDEX)
    assert "n_head 4 against 2, embed_dim 64, bias False" in fit.cheaper
    assert _error_of_tables(fit, truth) < 0.002


def test_standard_errors_are_those_of_the_tables_and_grow_outwards() -> None:
    truth = _truth()
    codes = SPACE.sample(500, np.random.default_rng(50))
    corner = codes.copy()
    corner[:, SPACE.mlp_genes], corner[:, SPACE.head_genes] = 2, 0
    scores = []
    for seed in range(12):
        fit = fit_hardware(SPACE, *_campaign(seed, truth, noise=0.03, drift=_steps(seed + 100)), INDEX)
        slopes = replace(
            fit.error, base=fit.error.base[..., :-1], mlp=fit.error.mlp[..., :-1], head=fit.error.head[..., :-1]
        )
        answers, expected = (Kernel(SPACE, [model])(codes)[:, 0] for model in (fit.model, truth))
        for group in range(4):
            rows = SPACE.groups(codes) == group
            level = (answers[rows] / expected[rows]).mean()  # where the campaign was, on average
            error = answers[rows] / level - expected[rows]
            scores.append(error / slopes.standard_error(SPACE, codes[rows]))
    assert np.sqrt(np.mean(np.concatenate(scores) ** 2)) == pytest.approx(1, abs=0.25)
    middle_error, corner_error = (slopes.standard_error(SPACE, SPACE.canonical(x)) for x in (codes, corner))
    assert np.median(corner_error) > 1.5 * np.median(middle_error)


def _reading(codes: Codes) -> Floats:
    """Power is read while the third layer runs: a wide MLP there counts for more."""
    return np.asarray(1 + 0.1 * (codes[:, SPACE.mlp_genes][:, 2] - 1))


def test_the_order_of_layers_is_found_where_it_matters() -> None:
    codes, centre = _campaign(0, _truth(), noise=0.02)
    plain = fit_hardware(SPACE, codes, centre * _reading(codes), INDEX)
    ordered = add_order(SPACE, codes, centre * _reading(codes), plain, PositionRidge.of(SPACE, codes))
    new = SPACE.sample(2000, np.random.default_rng(9))
    expected = Kernel(SPACE, [_truth()])(new)[:, 0] * _reading(new)
    before, after = (np.abs(Kernel(SPACE, [fit.model])(new)[:, 0] / expected - 1).mean() for fit in (plain, ordered))
    assert after < 0.5 * before
    effect = ordered.model.mlp[:, :, :, 2] - ordered.model.mlp[:, :, :, 0]
    assert (effect.argmax(axis=2) == 2).all()
    near, far = (fit.error.standard_error(SPACE, new) for fit in (plain, ordered))
    assert (far > near).all()


def test_where_order_does_not_matter_little_changes() -> None:
    codes, centre = _campaign(0, _truth(), noise=0.02)
    plain = fit_hardware(SPACE, codes, centre, INDEX)
    ordered = add_order(SPACE, codes, centre, plain, PositionRidge.of(SPACE, codes))
    new = SPACE.sample(2000, np.random.default_rng(9))
    a, b = (Kernel(SPACE, [fit.model])(new)[:, 0] for fit in (plain, ordered))
    assert np.abs(a / b - 1).max() < 0.01


def test_products_of_counts_are_missed_where_there_are_any() -> None:
    truth = _truth()
    codes, centre = _campaign(0, truth, noise=0.01)
    counts = SPACE.counts_as_floats(codes)
    gains = [
        interaction_gain(SPACE, codes, y, np.zeros(N))
        for y in (centre, centre * (1 + 0.01 * counts[:, 0] * counts[:, 3]))
    ]
    assert gains[0] is not None
    assert gains[1] is not None
    assert abs(gains[0]) < 0.02
    assert gains[1] > 0.2
    assert interaction_gain(SPACE, codes[:30], centre[:30], np.zeros(30)) is None
