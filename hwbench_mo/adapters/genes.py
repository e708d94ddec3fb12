"""What another library proposes, as codes of architectures of a space."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from hwbench_mo.checks import check_numbers
from hwbench_mo.errors import InputError
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Ints


def codes_from(space: Space, proposed: object, /) -> Codes:
    """Canonical codes ``[n, d]`` of choice indices ``[n, d]`` of any numeric type.

    In a space of measured rows, an architecture that was not measured becomes the nearest one that was.

    Raises
    ------
    InputError
        If a gene is no integer, or is out of range.

    Examples
    --------
    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1, 2))
    >>> codes_from(space, np.array([[0.0, 0, 1, 1, 1, 1, 1]]))
    array([[0, 0, 1, 1, 0, 1, 0]])
    >>> codes_from(space, np.array([[0.0, 0.5, 1, 1, 1, 1, 1]]))
    Traceback (most recent call last):
    hwbench_mo.errors.InputError: X[0, 1] is 0.5, but must be an integer from 0 to 1: use integer operators, or round
    """
    genes = check_numbers("X", proposed)
    if genes.ndim != 2 or genes.shape[1] != space.n_genes:
        raise InputError(f"X has shape {genes.shape}, but {space.name!r} needs [n, {space.n_genes}]")
    wrong = np.argwhere((genes != np.round(genes)) | (genes < 0) | (genes >= space.n_choices))
    for row, gene in wrong[:1].tolist():
        rule = f"must be an integer from 0 to {space.n_choices[gene] - 1}: use integer operators, or round"
        raise InputError(f"X[{row}, {gene}] is {genes[row, gene]}, but {rule}")
    return space.repair(genes.astype(np.int64))


def parameters(space: Space, /) -> dict[str, tuple[int | bool, ...]]:
    """The choices of each gene in the values of architectures, by name, in the order of a code.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64, 128), n_layer=(1,), mlp_ratio=(2, 3, 4), n_head=(1,))
    >>> parameters(space)
    {'embed_dim': (64, 128), 'n_layer': (1,), 'bias': (False, True), 'mlp_ratio[0]': (2, 3, 4), 'n_head[0]': (1,)}
    """
    shared: dict[str, tuple[int | bool, ...]] = {
        "embed_dim": space.embed_dim,
        "n_layer": space.n_layer,
        "bias": space.bias,
    }
    slots = range(space.n_slots)
    return (
        shared
        | {f"mlp_ratio[{slot}]": space.mlp_ratio for slot in slots}
        | {f"n_head[{slot}]": space.n_head for slot in slots}
    )


def code_of_params(space: Space, params: Mapping[str, Any], /) -> Codes:
    """The canonical code ``[1, d]`` of values by the names of `parameters`.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64, 128), n_layer=(1,), mlp_ratio=(2, 3, 4), n_head=(1,))
    >>> code_of_params(space, params_of(space, np.array([1, 0, 1, 2, 0])))
    array([[1, 0, 1, 2, 0]])
    """
    genes = [choices.index(params[name]) for name, choices in parameters(space).items()]
    return codes_from(space, np.array([genes]))


def params_of(space: Space, code: Ints, /) -> dict[str, Any]:
    """The values of a code ``[d]`` by the names of `parameters`.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64, 128), n_layer=(1,), mlp_ratio=(2, 3, 4), n_head=(1,))
    >>> params_of(space, np.array([1, 0, 1, 2, 0]))
    {'embed_dim': 128, 'n_layer': 1, 'bias': True, 'mlp_ratio[0]': 4, 'n_head[0]': 1}
    """
    named = zip(parameters(space).items(), code.tolist(), strict=True)
    return {name: choices[choice] for (name, choices), choice in named}
