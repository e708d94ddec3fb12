"""The tables of one space, as the page needs them: models, noise at a few levels, errors, support.

The page computes with the very tables of the library. Sums of their entries are exact in float64, in a browser too.
"""

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.benchmark import Benchmark
from hwbench_mo.benchmark.limits import ratios_at
from hwbench_mo.explorer.labels import device_label, space_label
from hwbench_mo.explorer.packing import packed
from hwbench_mo.recommendation.trust import corners
from hwbench_mo.surrogates.additive import OPTIONAL
from hwbench_mo.surrogates.closed_forms import SEQUENCE_LENGTH
from hwbench_mo.targets import CPUS, GPUS, MEMORY, PUBLISHED, QUALITY, UNITS, Target

LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
"""Of the quantiles that the page knows: those that it shows, and those of its choices of confidence."""


def tables_of(benchmark: Benchmark) -> dict[str, Any]:
    """All that the page knows of a space, in plain JSON values; arrays are packed (`packed`).

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> tables = tables_of(hb.load_benchmark("gpt_s"))
    >>> tables["name"], tables["targets"]["latency@a100"]["unit"], len(tables["devices"])
    ('gpt_s', 'ms', 15)
    """
    space = benchmark.space
    arrays: dict[str, NDArray[Any]] = {}
    targets = {}
    for name in benchmark.targets:
        targets[name] = _facts(benchmark, name)
        arrays |= {f"{name}/{part}": array for part, array in _arrays(benchmark, name, targets[name]).items()}
    for kind, support in benchmark.support.items():
        for part in ("middle", "metric", "distances"):
            arrays[f"support/{kind}/{part}"] = np.asarray(getattr(support, part), dtype=np.float64)
    return {
        "name": space.name,
        "label": space_label(space.name),
        **{
            choices: list(map(int, getattr(space, choices)))
            for choices in ("embed_dim", "n_layer", "mlp_ratio", "n_head")
        },
        "bias": list(map(bool, space.bias)),
        "size": str(space.size),
        "batch": space.batch_size,
        "sequence": SEQUENCE_LENGTH,
        "levels": list(LEVELS),
        "z": [NormalDist().inv_cdf(level) for level in LEVELS],
        "devices": {name: _device(benchmark, name) for name in benchmark.devices},
        "support": {kind: list(support.columns) for kind, support in benchmark.support.items()},
        "targets": targets,
        "arrays": packed(arrays),
    }


def _device(benchmark: Benchmark, name: str) -> dict[str, Any]:
    device = benchmark.devices[name]
    kind = "GPU" if name in GPUS else "CPU" if name in CPUS else ""
    return {
        "label": device_label(name),
        "kind": kind,
        "batch": device.batch,
        "sequence": device.sequence,
        "dtype": device.dtype,
    }


def _facts(benchmark: Benchmark, name: str) -> dict[str, Any]:
    """What a target is, and what is to be said of its numbers."""
    target, model = Target.parse(name), benchmark.model(name)
    corner = corners().get((benchmark.space.name, name))
    kind = "quality" if target.metric in QUALITY else "hardware"
    own = f"{kind}@{target.device}"
    return {
        "metric": target.metric,
        "device": target.device,
        "unit": UNITS.get(target.metric, ""),
        "sign": target.sign,
        "link": model.link,
        "by_order": model.by_order,
        "support": None if name not in benchmark.models else own if own in benchmark.support else kind,
        "corner": None if corner is None else [corner.relative_error, corner.coverage_90],
        "caveat": _caveat(target),
    }


def _caveat(target: Target) -> str:
    if target.metric == "energy" and target.device in GPUS and target.device in PUBLISHED:
        return "A published reading of nvidia-smi, which lags the pass: good to rank by, but too low."
    if target.metric in MEMORY:
        return "What stays allocated after a pass, not the peak during it."
    return ""


def _arrays(benchmark: Benchmark, name: str, facts: dict[str, Any]) -> dict[str, NDArray[Any]]:
    model = benchmark.model(name)
    found: dict[str, NDArray[Any]] = _once(model.parts)
    if model.curve is not None:
        found |= {"knots": model.curve.knots, "images": model.curve.images}
    if (noise := benchmark.noise.get(name)) is not None:
        ratios = np.stack([ratios_at(noise, level) for level in LEVELS], axis=2)
        found |= {"noise_knots": noise.knots, "noise": ratios}
    if (error := benchmark.errors.get(name)) is not None:
        facts["error_step"], parts = _in_steps(error.parts)
        found |= {f"error_{part}": table for part, table in _once(parts).items()}
    return found


def _in_steps(tables: Mapping[str, NDArray[Any]]) -> tuple[float, dict[str, NDArray[Any]]]:
    """Tables as 16-bit multiples of a step, as artifacts store them; where they are none, as they are, and 1."""
    largest = max(float(np.abs(table).max(initial=0.0)) for table in tables.values())
    step = largest / np.iinfo(np.int16).max if largest > 0 else 1.0
    short = {part: np.round(table / step).astype(np.int16) for part, table in tables.items()}
    if all(np.allclose(short[part] * step, table, rtol=1e-12, atol=0) for part, table in tables.items()):
        return step, short
    return 1.0, dict(tables)


def _once(tables: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Optional tables that do not depend on bias have one entry on that axis."""
    return {
        part: table[:, :1] if part in OPTIONAL and (table == table[:, :1]).all() else table
        for part, table in tables.items()
    }
