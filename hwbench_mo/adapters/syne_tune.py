"""A space in Syne Tune's terms: a configuration space of integers, one a gene."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from syne_tune.config_space import randint

from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Ints


def config_space(space: Space) -> dict[str, Any]:
    """The configuration space; a gene of one choice is a constant.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64, 128), n_layer=(1,), mlp_ratio=(2, 3, 4), n_head=(1,))
    >>> {name: getattr(domain, "upper", domain) for name, domain in config_space(space).items()}
    {'gene_00': 1, 'gene_01': 0, 'gene_02': 1, 'gene_03': 2, 'gene_04': 0}
    """
    return {_name(gene): randint(0, n - 1) if n > 1 else 0 for gene, n in enumerate(space.n_choices.tolist())}


def config_of(code: Ints) -> dict[str, int]:
    """The configuration of a code ``[d]``.

    >>> config_of(np.array([2, 0, 1]))
    {'gene_00': 2, 'gene_01': 0, 'gene_02': 1}
    """
    return {_name(gene): choice for gene, choice in enumerate(code.tolist())}


def code_of(space: Space, config: Mapping[str, Any]) -> Codes:
    """The code ``[1, d]`` of a configuration, which need not be in canonical form.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64, 128), n_layer=(1,), mlp_ratio=(2, 3, 4), n_head=(1,))
    >>> code_of(space, config_of(np.array([1, 0, 1, 2, 0])))
    array([[1, 0, 1, 2, 0]])
    """
    return np.array([[config[_name(gene)] for gene in range(space.n_genes)]], dtype=np.int64)


def _name(gene: int) -> str:
    return f"gene_{gene:02}"
