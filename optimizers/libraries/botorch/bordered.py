"""Covariances with a common corner, each with one more row and column."""

from typing import Any

import torch
from linear_operator.operators import DenseLinearOperator, LinearOperator


class BorderedLinearOperator(LinearOperator):  # type: ignore[misc]
    """Symmetric ``[n, m, b + 1, b + 1]`` with a common corner ``[m, b, b]`` and last rows ``[n, m, 1, b + 1]``.

    BoTorch's acquisition functions with a cached root ask for the last rows alone. The dense matrix answers all else.

    >>> operator = BorderedLinearOperator(torch.eye(2)[None], torch.tensor([3.0, 4.0, 9.0]).reshape(1, 1, 1, 3))
    >>> operator.to_dense()[0, 0].tolist()
    [[1.0, 0.0, 3.0], [0.0, 1.0, 4.0], [3.0, 4.0, 9.0]]
    >>> operator[..., -1:, :].to_dense().tolist()
    [[[[3.0, 4.0, 9.0]]]]
    """

    def __init__(self, corner: Any, edge: Any) -> None:
        super().__init__(corner, edge)
        self.corner, self.edge = corner, edge

    def _size(self) -> torch.Size:
        return torch.Size([*self.edge.shape[:-2], self.edge.shape[-1], self.edge.shape[-1]])

    def _transpose_nonbatch(self) -> LinearOperator:
        return self

    def to_dense(self) -> Any:
        side = self.edge[..., :-1]
        upper = torch.cat([self.corner.expand(*side.shape[:-2], *self.corner.shape[-2:]), side.mT], dim=-1)
        return torch.cat([upper, self.edge], dim=-2)

    def _matmul(self, rhs: Any) -> Any:
        return self.to_dense() @ rhs

    def _getitem(self, row_index: Any, col_index: Any, *batch_indices: Any) -> LinearOperator:
        if row_index == slice(-1, None) and all(index == slice(None) for index in (col_index, *batch_indices)):
            return DenseLinearOperator(self.edge)
        return DenseLinearOperator(self.to_dense()[(*batch_indices, row_index, col_index)])

    def squeeze(self, dim: int) -> LinearOperator:
        """Without the dimension of outputs, where there is one alone."""
        return BorderedLinearOperator(self.corner.squeeze(dim), self.edge.squeeze(dim))
