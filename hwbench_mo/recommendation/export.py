"""All that a recommendation is computed from, as plain lists: for another language, such as a page in a browser."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hwbench_mo.benchmark import Benchmark
from hwbench_mo.benchmark.by_counts import limits_of
from hwbench_mo.benchmark.cells import Cells, cells_of
from hwbench_mo.benchmark.limits import ratios_at
from hwbench_mo.benchmark.orders import Orders, count_vectors
from hwbench_mo.targets import UNITS, Target
from hwbench_mo.typing import Ints

FORMAT = 1
LEVELS = (0.05, 0.5, 0.75, 0.9, 0.95, 0.99)
"""Of quantiles, by default."""


def count_tables(
    benchmark: Benchmark, targets: Sequence[str], *, levels: Sequence[float] = LEVELS, orders: bool = True
) -> dict[str, Any]:
    """Tables by count vector, in lists and numbers that JSON has; every sum in them is exact in float64.

    Axes: e embed_dim, b bias, l n_layer, c choices, i count vectors of mlp_ratio, j of n_head, g = (e, b) with e major.
    For an architecture of that width, bias and depth whose counts are ``n`` (of mlp_ratio) and ``h`` (of n_head)::

        sum   = base[e][b][l] + mlp[e][b] . n + head[e][b] . h                           a target by counts
        sum   = base[e][b][l] + mlp[e][b][l][i] + head[e][b][l][j] + (n, h) P (n, h)     the least of a target by order
        value = exp(sum) if link is "exp", else curve(sum) if there is one, else sum

    where ``P = products[e][b]``, if there is any. A target that is maximised (``sign`` -1) has the greatest sum. Its
    quantile at ``levels[k]`` is ``value * ratios[g][:][k]``, linear in the value between ``knots[g]``, constant beyond.
    Its standard error is ``slope * sqrt(sum over r of (base + mlp . n + head . h)[r]^2)`` of ``error``, where slope is
    that of the curve, 1 without one.

    Parameters
    ----------
    orders
        With the choices of each layer, as a string of digits, that attain each least sum.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> tables = count_tables(hb.load_benchmark("gpt_s"), ["perplexity", "latency@a100"])
    >>> tables["targets"]["latency@a100"]["by_order"], tables["counts"]["mlp"]["12"][0]
    (False, [0, 0, 12])
    """
    space, cells = benchmark.space, cells_of(benchmark)
    named = {"mlp": space.mlp_ratio, "head": space.n_head}
    return {
        "format": FORMAT,
        "space": space.facts,
        "levels": list(levels),
        "counts": {
            kind: {str(n): count_vectors(n, len(choices)).tolist() for n in space.n_layer}
            for kind, choices in named.items()
        },
        "targets": {name: _target(cells, Target.parse(name).name, levels, orders) for name in targets},
    }


def _target(cells: Cells, name: str, levels: Sequence[float], orders: bool) -> dict[str, Any]:
    model, benchmark = cells.benchmark.model(name), cells.benchmark
    parsed = Target.parse(name)
    told: dict[str, Any] = {
        "unit": UNITS.get(parsed.metric),
        "sign": parsed.sign,
        "link": model.link,
        "by_order": model.by_order,
        "base": model.base.tolist(),
    }
    if model.by_order:
        for kind, part in zip(("mlp", "head"), cells.orders(name), strict=True):
            told[kind] = _by_block(cells, parsed.sign, part)
            if orders:
                told[f"{kind}_orders"] = _choices(cells, part)
    else:
        told |= {"mlp": model.mlp[:, :, 0].tolist(), "head": model.head[:, :, 0].tolist()}
    if model.products is not None:
        told["products"] = model.products.tolist()
    if model.curve is not None:
        told["curve"] = {"knots": model.curve.knots.tolist(), "images": model.curve.images.tolist()}
    if (noise := benchmark.noise.get(name)) is not None:
        ratios = np.stack([ratios_at(noise, float(level)) for level in levels], axis=2)
        told["noise"] = {"knots": noise.knots.tolist(), "ratios": ratios.tolist()}
    (limit,) = limits_of(benchmark, {name: 1.0}, None)
    if (error := limit.error) is not None:
        told["error"] = {
            "base": error.base.tolist(),
            "mlp": error.mlp[:, :, 0].tolist(),
            "head": error.head[:, :, 0].tolist(),
        }
    return told


def _by_block(cells: Cells, sign: float, orders: Orders) -> list[Any]:
    """``[e][b][l][count vectors]``; best sums."""
    return _nested(cells, lambda at, n_layers: (sign * orders.least[n_layers][at]).tolist())


def _choices(cells: Cells, orders: Orders) -> list[Any]:
    """``[e][b][l][count vectors]``; strings of choice indices, a digit a layer."""

    def strings(at: int, n_layers: int) -> list[str]:
        rows: Ints = orders.choices(at, n_layers, np.arange(orders.least[n_layers].shape[1]))
        return ["".join(map(str, row)) for row in rows.tolist()]

    return _nested(cells, strings)


def _nested(cells: Cells, of: Any) -> list[Any]:
    space = cells.space
    blocks = iter(enumerate(cells.blocks))  # embed_dim, bias, n_layer: as nested
    found = []
    for _ in space.embed_dim:
        found.append([[of(at, block.n_layers) for at, block in _take(blocks, len(space.n_layer))] for _ in space.bias])
    return found


def _take(blocks: Any, n: int) -> list[Any]:
    return [next(blocks) for _ in range(n)]
