"""Measurements of spaces of our own, made of known tables."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from hwbench_mo import DEVICES, SearchSpace
from hwbench_mo.measurements import Measurements, write_measurements
from hwbench_mo.surrogates import AdditiveModel
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import MEMORY, PER_DEVICE
from hwbench_mo.typing import Floats
from tests.support.spaces import random_model

TOY = SearchSpace(name="toy", embed_dim=(64, 128), n_layer=(3, 4), mlp_ratio=(2, 4), n_head=(1, 2, 4))
"""Large enough to fit, small enough to be quick."""


def random_models(space: SearchSpace) -> dict[str, AdditiveModel]:
    """Tables of everything that is measured."""
    rng = np.random.default_rng(0)
    names = [*(f"{metric}@{device}" for device in DEVICES for metric in ("latency", "energy"))]
    names += ["memory_bfloat16", "memory_float16"]
    models = {name: random_model(space, rng) for name in names}
    models["perplexity"] = _plain(random_model(space, rng, slots=space.n_slots, link="exp"))
    models["accuracy"] = _plain(random_model(space, rng, slots=space.n_slots))
    return models


def _plain(model: AdditiveModel) -> AdditiveModel:
    """Effects that do not depend on bias, and little on a layer's position: fits of quality shrink towards that."""

    def plain(table: Floats) -> Floats:
        without_bias = table[:, [0, 0]]
        middle = without_bias.mean(axis=2, keepdims=True)
        return np.asarray(middle + 0.03 * (without_bias - middle))

    return replace(model, mlp=plain(model.mlp), head=plain(model.head))


def write_random(folder: Path, space: SearchSpace, models: Mapping[str, AdditiveModel], *, n: int) -> None:
    """Measurements of at most ``n`` architectures, with noise, outliers and missing repeats."""
    rng = np.random.default_rng(1)
    codes = np.unique(space.sample(n, rng), axis=0)
    rng.shuffle(codes)
    n = len(codes)
    values = {name: Kernel(space, [model])(codes) for name, model in models.items()}
    readings = {name: values[name] for name in ("accuracy", *MEMORY)}
    readings["perplexity"] = np.where(rng.random((n, 1)) < 0.5, values["perplexity"], np.nan)
    for device in DEVICES:
        for metric in PER_DEVICE:
            repeats = values[f"{metric}@{device}"] * rng.lognormal(0, 0.01, (n, 10))
            repeats[:, 0] *= np.where(rng.random(n) < 0.1, 1000, 1.2)  # warm-up
            if device == "epyc_7513":
                repeats[:, 1:] = np.nan
            readings[f"{metric}@{device}"] = repeats
    measured = Measurements(space, np.arange(n), codes, readings, values["perplexity"][:, 0] * 1.02)
    write_measurements(measured, folder)
