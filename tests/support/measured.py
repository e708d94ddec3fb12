"""Measurements of spaces of our own, made of known tables."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hwbench_mo import DEVICES, SearchSpace
from hwbench_mo.measurements import Measurements, write_measurements
from hwbench_mo.measurements.layout import REPEATED
from hwbench_mo.surrogates import AdditiveModel
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import MEMORY
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
        for metric in REPEATED:
            repeats = values[f"{metric}@{device}"] * rng.lognormal(0, 0.01, (n, 10))
            repeats[:, 0] *= np.where(rng.random(n) < 0.1, 1000, 1.2)  # warm-up
            if device == "epyc_7513":
                repeats[:, 1:] = np.nan
            readings[f"{metric}@{device}"] = repeats
    measured = Measurements(space, np.arange(n), codes, readings, values["perplexity"][:, 0] * 1.02)
    write_measurements(measured, folder)


def change(path: Path, by: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Rewrite a Parquet file."""
    by(pd.read_parquet(path)).to_parquet(path)


def assert_same(one: Measurements, other: Measurements) -> None:
    """Bit for bit; the order of targets does not count."""
    assert one.space == other.space
    assert one.readings.keys() == other.readings.keys()
    assert one.protocols == other.protocols
    for name in ("campaign_index", "codes", "perplexity_mlp", "held_out"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for target, readings in one.readings.items():
        np.testing.assert_array_equal(readings, other.readings[target])


def spoil(
    column: str, value: Any, *, row: int = 7, repeat: int | None = None
) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def spoiled(table: pd.DataFrame) -> pd.DataFrame:
        entries = table[column].tolist()
        entries[row] = value if repeat is None else [value if i == repeat else x for i, x in enumerate(entries[row])]
        return table.assign(**{column: entries})

    return spoiled
