"""A space in Syne Tune's terms: a configuration space of integers, one a gene."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from syne_tune.config_space import randint

from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Ints


def config_space(space: Space) -> dict[str, Any]:
    """Syne Tune's configuration space of a space; a gene of one choice is a constant."""
    return {_name(gene): randint(0, n - 1) if n > 1 else 0 for gene, n in enumerate(space.n_choices.tolist())}


def config_of(code: Ints) -> dict[str, int]:
    """The configuration of a code ``[d]``."""
    return {_name(gene): choice for gene, choice in enumerate(code.tolist())}


def code_of(space: Space, config: Mapping[str, Any]) -> Codes:
    """The code ``[1, d]`` of a configuration, as it is: not made canonical."""
    return np.array([[config[_name(gene)] for gene in range(space.n_genes)]], dtype=np.int64)


def _name(gene: int) -> str:
    return f"gene_{gene:02}"
