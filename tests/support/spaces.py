"""What several tests need: small spaces, random models on them, and plain twins of what the package computes."""

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np

from hwbench_mo import Benchmark, SearchSpace
from hwbench_mo.surrogates import AdditiveModel, QuantileTable
from hwbench_mo.surrogates.additive import Link, quantise, shapes_of
from hwbench_mo.surrogates.curve import Curve
from hwbench_mo.surrogates.quantiles import LEVELS
from hwbench_mo.typing import Bools, Codes, Floats, Values

ROOT = Path(__file__).resolve().parents[2]
MEASUREMENTS = Path(os.environ.get("HWBENCH_MO_MEASUREMENTS", ROOT.parent / "shared" / "measurements"))
"""The real data, where it is; tests that need it are skipped elsewhere."""

SMALL = SearchSpace(name="small", embed_dim=(64, 128), n_layer=(1, 3), mlp_ratio=(2, 4), n_head=(1, 2, 4))
"""2 x 2 x (6 + 216) = 888 architectures, with slots that may be absent."""


def space_of(depths: list[int], n_ratios: int, n_heads: int) -> SearchSpace:
    """A space with so many choices."""
    return SearchSpace(
        name="any",
        embed_dim=(64, 128),
        n_layer=tuple(sorted(depths)),
        mlp_ratio=tuple(range(1, n_ratios + 1)),
        n_head=tuple(range(1, n_heads + 1)),
    )


def codes_of(space: SearchSpace) -> Codes:
    """Every canonical code of a small space."""
    return np.array(list(space.enumerate()))


TERMS = ("by_depth", "pairs", "products")
"""What a random model may have beside a base and an entry for each layer."""


def random_model(
    space: SearchSpace,
    rng: np.random.Generator,
    *,
    slots: int = 1,
    link: Link = "identity",
    terms: Collection[str] = (),
) -> AdditiveModel:
    """Tables of no structure, position-free by default, with any of `TERMS`."""
    e, b = len(space.embed_dim), len(space.bias)
    tables = {
        "base": rng.uniform(1, 2, (e, b, len(space.n_layer))),
        "mlp": rng.uniform(0, 1, (e, b, slots, len(space.mlp_ratio))),
        "head": rng.uniform(0, 1, (e, b, slots, len(space.n_head))),
    }
    for name, shape in shapes_of(space).items():
        if any(name.endswith(term) for term in terms):
            tables[name] = rng.uniform(-1, 1, shape) / (space.n_slots if name == "products" else 1)
    return AdditiveModel(**quantise(tables)[0], link=link)  # type: ignore[arg-type]


def random_curve(space: SearchSpace, rng: np.random.Generator) -> Curve:
    """Increasing, another one for each width and bias, which bends where random tables have their sums."""
    shape = len(space.embed_dim), len(space.bias), 5
    knots, images = (np.cumsum(rng.uniform(0.1, 3, shape), axis=2) for _ in range(2))
    return Curve(knots, images)


def random_benchmark(
    space: SearchSpace, seed: int, terms: Collection[str] = (), accuracy_terms: Collection[str] = ()
) -> Benchmark:
    """Perplexity and accuracy that depend on positions, latency and energy that do not, and noise on all of them."""
    rng = np.random.default_rng(seed)
    models = {
        "perplexity": random_model(space, rng, slots=space.n_slots, link="exp", terms=terms),
        "accuracy": random_model(space, rng, slots=space.n_slots, terms=accuracy_terms),
        "latency@a100": random_model(space, rng),
        "energy@h100": replace(random_model(space, rng), curve=random_curve(space, rng)),
    }
    n_groups = len(space.embed_dim) * len(space.bias)
    ratios = np.sort(rng.lognormal(0, 0.2, (n_groups, 1, len(LEVELS))), axis=2)
    ratios /= ratios[:, :, [len(LEVELS) // 2]]
    return Benchmark(space, models, {name: QuantileTable(ratios, LEVELS) for name in models})


def slow_value(space: SearchSpace, model: AdditiveModel, code: Floats) -> float:
    """The twin of the evaluator: one architecture, one entry at a time."""
    e, depth, b = (int(gene) for gene in code[:3])
    total = float(model.base[e, b, depth])
    for slot in range(space.n_layer[depth]):
        position = slot if model.mlp.shape[2] > 1 else 0
        total += float(model.mlp[e, b, position, code[3 + slot]])
        total += float(model.head[e, b, position, code[3 + space.n_slots + slot]])
        for start, by_depth, pairs in (
            (3, model.mlp_by_depth, model.mlp_pairs),
            (3 + space.n_slots, model.head_by_depth, model.head_pairs),
        ):
            choice, before = code[start + slot], code[start + slot - 1]
            total += float(by_depth[e, b, depth, slot, choice]) if by_depth is not None else 0.0
            total += float(pairs[e, b, slot - 1, before, choice]) if pairs is not None and slot > 0 else 0.0
    if model.products is not None:
        layers = [code[3 + slot] for slot in range(space.n_layer[depth])]
        layers += [len(space.mlp_ratio) + code[3 + space.n_slots + slot] for slot in range(space.n_layer[depth])]
        total += sum(float(model.products[e, b, i, j]) for i in layers for j in layers)
    if model.curve is not None:
        return slow_curve(model.curve.knots[e, b], model.curve.images[e, b], total)
    return float(np.exp(total)) if model.link == "exp" else total


def slow_curve(knots: Floats, images: Floats, total: float) -> float:
    """The twin of `Curve`: one sum at a time."""
    if total <= knots[0]:
        return float(total * images[0] / knots[0])
    for left in range(len(knots) - 1):
        if total <= knots[left + 1]:
            share = (total - knots[left]) / (knots[left + 1] - knots[left])
            return float(images[left] + share * (images[left + 1] - images[left]))
    return float(total * images[-1] / knots[-1])


def slow_nondominated(values: Values) -> Bools:
    """The twin of `nondominated`: every pair; of equal rows, the first."""
    kept = []
    for i, row in enumerate(values):
        dominated = any((other <= row).all() and (other < row).any() for other in values)
        repeated = any((other == row).all() for other in values[:i])
        kept.append(not dominated and not repeated)
    return np.array(kept)
