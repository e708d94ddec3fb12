"""Which smaller spaces a benchmark can be restricted to."""

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.typing import Ints


def rows_within(source: SearchSpace, target: SearchSpace) -> Ints:
    """``[g]``; of each width and bias of the smaller space, its place among those of the larger one.

    Raises
    ------
    InputError
        If the larger space does not offer a choice, or counts other passes.
    """
    for name in ("embed_dim", "n_layer", "mlp_ratio", "n_head", "bias"):
        for choice in getattr(target, name):
            if choice not in getattr(source, name):
                offered = ", ".join(map(str, getattr(source, name)))
                raise InputError(
                    f"{name} of space {target.name!r} holds {choice}, but {source.name!r} offers {offered}"
                )
    if target.batch_size != source.batch_size:
        raise InputError(
            f"batch_size of space {target.name!r} is {target.batch_size}, but {source.name!r} was measured "
            f"with {source.batch_size}"
        )
    return np.array(
        [
            source.embed_dim.index(embed_dim) * len(source.bias) + source.bias.index(bias)
            for embed_dim in target.embed_dim
            for bias in target.bias
        ]
    )
