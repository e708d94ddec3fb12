"""A space in BoTorch's terms: features of architectures for Gaussian processes, as numpy arrays."""

import numpy as np

from hwbench_mo.spaces import Space
from hwbench_mo.spaces.coding import FIRST_SLOT
from hwbench_mo.typing import Codes, Floats


def features(space: Space, codes: Codes) -> Floats:
    """``[n, k]``; embed_dim, n_layer and bias scaled to [0, 1], the share of slots of each choice, and two moments.

    Hardware cost is a sum over layers wherever they are, so that shares predict it. Quality depends a little on the
    position: the moments of mlp_ratio and n_head about the middle slot tell early layers from late ones.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1,))
    >>> features(space, np.array([[0, 1, 1, 0, 1, 0, 0], [0, 0, 1, 1, 0, 0, 0]])).tolist()
    [[0.0, 1.0, 1.0, 0.5, 0.5, 1.0, 0.5, 0.0], [0.0, 0.0, 1.0, 0.0, 0.5, 0.5, -0.5, 0.0]]
    """
    active = space.active_slots(codes)
    place = np.linspace(-1, 1, space.n_slots) / space.n_slots
    columns = list((codes[:, :FIRST_SLOT] / np.maximum(space.n_choices[:FIRST_SLOT] - 1, 1)).T)
    genes = ((codes[:, space.mlp_genes], len(space.mlp_ratio)), (codes[:, space.head_genes], len(space.n_head)))
    for chosen, n_choices in genes:
        columns += [((chosen == choice) & active).mean(axis=1) for choice in range(n_choices)]
    columns += [(chosen / max(n_choices - 1, 1)) @ place for chosen, n_choices in genes]
    return np.stack(columns, axis=1)
