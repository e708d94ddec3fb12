"""Cells: pairs of count vectors, one of mlp_ratio and one of n_head, for each width, bias and depth.

Nearly every metric has one value in a cell, and perplexity has a least one. The 10^35 architectures of gpt_l make 8
million cells, gpt_m has 1.6 million and gpt_s 112,326: they can all be gone through in a tenth of a second.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from hwbench_mo.benchmark.chains import Chain, Partial, State, over_layers
from hwbench_mo.benchmark.columns import Block, CellSums, Column, DenseColumn, ErrorColumn
from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.benchmark.orders import Orders, count_vectors
from hwbench_mo.benchmark.tabled import Tabled
from hwbench_mo.errors import InputError
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.targets import Target
from hwbench_mo.typing import Codes, Floats, Ints

MOST_CELLS = 1 << 27
"""Of one width, bias and depth."""


class Cells:
    """All cells of a benchmark, the sums of its models in them, and architectures that attain them."""

    def __init__(self, benchmark: Tabled) -> None:
        self.benchmark = benchmark
        self.space = space = benchmark.space
        self._columns: dict[tuple[int, str], CellSums] = {}
        self._partials: dict[tuple[int, tuple[str, ...]], tuple[Partial, Partial]] = {}
        self._errors: dict[tuple[int, str], ErrorColumn] = {}
        self._orders: dict[str | None, tuple[Orders, Orders]] = {}
        n_choices = len(space.mlp_ratio), len(space.n_head)
        self.blocks: list[Block] = []
        for e in range(len(space.embed_dim)):
            for b in range(len(space.bias)):
                for depth, n_layers in enumerate(space.n_layer):
                    mlp, head = (count_vectors(n_layers, n) for n in n_choices)
                    self.blocks.append(Block(e, b, depth, n_layers, mlp, head))
        most = max(len(block.mlp) * len(block.head) for block in self.blocks)
        if most > MOST_CELLS:
            raise InputError(
                f"space {space.name!r} has {most} pairs of count vectors a width and depth, but {MOST_CELLS} can be "
                f"gone through: offer fewer choices of mlp_ratio or n_head"
            )

    def column(self, at: int, target: str) -> CellSums:
        """The sums of a target in block ``at``; kept."""
        key = at, target
        if key not in self._columns:
            self._columns[key] = self._column(self.blocks[at], target)
        return self._columns[key]

    def _column(self, block: Block, target: str) -> CellSums:
        sign = Target.parse(target).sign
        if target in self.benchmark.metrics:
            return DenseColumn.of(self.benchmark.metrics[target], self.space, block, sign)
        model = self.benchmark.model(target)
        e, b = block.e, block.b
        if model.by_order:
            one, other = self.orders(target)
            group = self._group(block)
            mlp, head = one.least[block.n_layers][group], other.least[block.n_layers][group]
        else:
            mlp, head = block.mlp @ (sign * model.mlp[e, b, 0]), block.head @ (sign * model.head[e, b, 0])
        head = head + sign * model.base[e, b, block.depth]
        if model.products is None:
            return Column(mlp, head, None, None)
        products, n = sign * model.products[e, b], len(self.space.mlp_ratio)
        mlp = mlp + np.einsum("ic,cd,id->i", block.mlp, products[:n, :n], block.mlp)
        head = head + np.einsum("jc,cd,jd->j", block.head, products[n:, n:], block.head)
        return Column(mlp, head, block.mlp @ (products[:n, n:] + products[n:, :n].T), block.head.T.astype(np.float64))

    def error(self, at: int, limit: Limit) -> ErrorColumn | None:
        """The standard errors of the sums of a limit's target in block ``at``, where they count; kept."""
        if limit.error is None or not limit.z:
            return None
        key = at, limit.target
        if key not in self._errors:
            self._errors[key] = ErrorColumn.of(limit.error, self.blocks[at])
        return self._errors[key]

    def orders(self, target: str | None) -> tuple[Orders, Orders]:
        """The best orders of mlp_ratio and of n_head for a target; kept."""
        if target not in self._orders:
            model = None if target is None else self.benchmark.model(target)
            sign = 1.0 if target is None else Target.parse(target).sign
            mlp, head = (Orders.of(self.space, kind, model, sign) for kind in ("mlp", "head"))
            self._orders[target] = mlp, head
        return self._orders[target]

    def partials(self, at: int, targets: tuple[str, ...]) -> tuple[Partial, Partial]:
        """Sums over mlp_ratio and over n_head of several targets that depend on order; kept.

        Within each count vector, those that no other dominates.
        """
        key = at, targets
        if key not in self._partials:
            block, models = self.blocks[at], [self.benchmark.model(name) for name in targets]
            signs = [Target.parse(name).sign for name in targets]
            state = State(True, any(model.has_pairs for model in models), np.ones(len(targets), dtype=bool))
            chains = (Chain.of(self.space, kind, models, signs, *block[:3]) for kind in ("mlp", "head"))
            mlp, head = (over_layers(chain, [block.n_layers], state)[block.n_layers] for chain in chains)
            self._partials[key] = mlp, head
        return self._partials[key]

    def _group(self, block: Block) -> int:
        return (block.e * len(self.space.bias) + block.b) * len(self.space.n_layer) + block.depth

    def by_order(self, targets: Sequence[str]) -> list[str]:
        """Those of the targets that depend on the order of layers, each once."""
        return [name for name in dict.fromkeys(targets) if self.benchmark.scale(name).by_order]

    def order_target(self, targets: Sequence[str]) -> str | None:
        """The one of the targets that depends on the order of layers; else perplexity, which then orders them."""
        return next(iter(self.by_order(targets)), "perplexity" if "perplexity" in self.benchmark.models else None)

    def codes(self, at: int, i: Ints, j: Ints, target: str | None) -> Codes:
        """``[n, d]``; an architecture of each cell that is the best for ``target``."""
        block, space = self.blocks[at], self.space
        codes = np.zeros((len(i), space.n_genes), dtype=np.int64)
        codes[:, [EMBED_DIM, N_LAYER, BIAS]] = block.e, block.depth, block.b
        mlp, head = self.orders(target)
        for genes, orders, rows in ((space.mlp_genes, mlp, i), (space.head_genes, head, j)):
            slots = slice(genes.start, genes.start + block.n_layers)
            codes[:, slots] = orders.choices(self._group(block), block.n_layers, rows)
        return codes

    def value(self, at: int, target: str, sums: Floats) -> Floats:
        """``[n]``; minimised values of a target, of minimised sums in block ``at``."""
        block, sign = self.blocks[at], Target.parse(target).sign
        rows = np.full(len(sums), block.e), np.full(len(sums), block.b)
        return np.asarray(sign * self.benchmark.scale(target).value(sign * sums, *rows))

    def natural(self, at: int, targets: Sequence[str], sums: Floats) -> Floats:
        """``[n, k]``; values of targets in their own direction, of minimised sums ``[n, k]`` in block ``at``."""
        columns = [Target.parse(name).sign * self.value(at, name, sums[:, k]) for k, name in enumerate(targets)]
        return np.stack(columns, axis=1)


@lru_cache(maxsize=8)
def cells_of(benchmark: Tabled) -> Cells:
    """The cells of a benchmark, made once for each."""
    return Cells(benchmark)
