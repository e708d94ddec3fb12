"""What another library proposes, as codes of architectures of a space."""

import numpy as np

from hwbench_mo.checks import check_numbers
from hwbench_mo.errors import InputError
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes


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
