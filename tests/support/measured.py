"""Measurements of spaces of our own, made of known tables."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hwbench_mo import DEVICES, SearchSpace
from hwbench_mo.surrogates import AdditiveModel
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
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


def write_measurements(folder: Path, space: SearchSpace, models: Mapping[str, AdditiveModel], *, n: int) -> None:
    """At most ``n`` architectures, with noise, outliers and missing repeats."""
    rng = np.random.default_rng(1)
    codes = np.unique(space.sample(n, rng), axis=0)
    rng.shuffle(codes)
    n = len(codes)
    values = {name: Kernel(space, [model])(codes)[:, 0] for name, model in models.items()}
    architectures = space.decode(codes)
    table = pd.DataFrame(
        {
            "campaign_index": np.arange(n, dtype=np.int32),
            **{field: [getattr(a, field) for a in architectures] for field in ("embed_dim", "n_layer", "bias")},
            **{field: [list(getattr(a, field)) for a in architectures] for field in ("mlp_ratio", "n_head")},
            **{
                name: Kernel(space, [closed_form(space, name)])(codes)[:, 0].astype(np.int64)
                for name in ("params", "macs", "flops")
            },
            "perplexity": np.where(rng.random(n) < 0.5, values["perplexity"], np.nan),
            "accuracy": values["accuracy"],
            "perplexity_mlp": values["perplexity"] * 1.02,
            **{f"{name}_mb": values[name] for name in ("memory_bfloat16", "memory_float16")},
        }
    )
    place = folder / space.name
    place.mkdir(parents=True)
    table.to_parquet(place / "architectures.parquet")
    order = rng.permutation(n)  # rows of a device file come in another order
    for device in DEVICES:
        columns: dict[str, Any] = {"campaign_index": np.arange(n, dtype=np.int32)[order]}
        for metric, column in (("latency", "latency_ms"), ("energy", "energy_wh")):
            repeats = values[f"{metric}@{device}"][order, None] * rng.lognormal(0, 0.01, (n, 10))
            repeats[:, 0] *= np.where(rng.random(n) < 0.1, 1000, 1.2)  # warm-up
            columns[column] = [
                [None if device == "epyc_7513" and i else x for i, x in enumerate(row)] for row in repeats.tolist()
            ]
        pd.DataFrame(columns).to_parquet(place / f"{device}.parquet")
