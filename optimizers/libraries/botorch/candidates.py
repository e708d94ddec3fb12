"""Gaussian processes that answer a batch of candidates in one pass; BoTorch's acquisition functions accept them.

For a batch of ``[n, 1, k]`` candidates GPyTorch expands an ``[N, N]`` matrix n times, and multiplies n times. Here one
product ``[n, N] x [N, N]`` answers all n. Of joint distributions with a common baseline, only last rows are computed.
"""

from typing import Any

import torch
from botorch.models.gpytorch import GPyTorchModel
from botorch.posteriors.gpytorch import GPyTorchPosterior
from gpytorch.distributions import MultitaskMultivariateNormal, MultivariateNormal
from linear_operator.operators import BlockDiagLinearOperator, DenseLinearOperator
from linear_operator.utils.cholesky import psd_safe_cholesky

from optimizers.libraries.botorch.bordered import BorderedLinearOperator
from optimizers.libraries.botorch.matern import Hyperparameters, matern52


class CandidateModel(GPyTorchModel):  # type: ignore[misc]
    """The posterior of `gaussian_process` with these hyperparameters, up to rounding and without gradients.

    Parameters
    ----------
    X, Y
        ``[N, k]`` and ``[N, m]``; what the processes are conditioned on.
    hyperparameters
        Of the processes.
    """

    def __init__(self, X: Any, Y: Any, hyperparameters: Hyperparameters) -> None:
        super().__init__()
        self._hyperparameters = hyperparameters
        self._centre = X.mean(dim=0)
        self._X = self._scaled(X)
        covariance = self._prior(self._X, self._X)
        covariance.diagonal(dim1=-2, dim2=-1).add_(hyperparameters.noise[:, None])
        root = psd_safe_cholesky(covariance)
        identity = torch.eye(len(X), dtype=X.dtype, device=X.device)
        self._inverse_root = torch.linalg.solve_triangular(root, identity, upper=False).mT
        residuals = (Y.T - hyperparameters.constant[:, None])[..., None]
        self._weights = torch.cholesky_solve(residuals, root)
        self._baseline: tuple[Any, Any, Any, Any] | None = None

    @property
    def num_outputs(self) -> int:
        return len(self._hyperparameters.constant)

    @property
    def batch_shape(self) -> torch.Size:
        return torch.Size()

    def posterior(self, X: Any, *, posterior_transform: Any = None, **settings: Any) -> Any:
        """Of points ``[q, k]`` jointly; of ``[n, q, k]`` for each n, fastest where all but the last of q are common.

        Raises
        ------
        NotImplementedError
            If the noise of observations or a part of the outputs is asked for, or there are several batch dimensions.
        """
        if X.dim() > 3 or any(value not in (None, False) for value in settings.values()):
            raise NotImplementedError("posteriors are of [q, k] or [n, q, k] points, of all outputs and without noise")
        with torch.no_grad():
            posterior = GPyTorchPosterior(self._joint(X) if X.shape[-2] > 1 or X.dim() == 2 else self._single(X))
        return posterior if posterior_transform is None else posterior_transform(posterior=posterior, X=X)

    def _scaled(self, X: Any) -> Any:
        """``[m, n, k]``; points ``[n, k]`` in units of the length scales."""
        return (X - self._centre) / self._hyperparameters.lengthscale[:, None]

    def _prior(self, scaled: Any, others: Any) -> Any:
        """Prior covariances ``[m, n, n']`` of scaled points ``[m, n, k]`` and others ``[m, n', k]``."""
        return matern52(torch.cdist(scaled, others)).mul_(self._hyperparameters.outputscale[:, None, None])

    def _whitened(self, scaled: Any) -> tuple[Any, Any]:
        """Posterior means ``[m, n]``, and ``[m, n, N]``, whose inner products are what observations explain."""
        cross = self._prior(scaled, self._X)
        mean = (cross @ self._weights)[..., 0] + self._hyperparameters.constant[:, None]
        return mean, cross @ self._inverse_root

    def _variance(self, whitened: Any) -> Any:
        """``[m, n]``"""
        return self._hyperparameters.outputscale[:, None] - whitened.square().sum(dim=-1)

    def _single(self, X: Any) -> Any:
        """Of ``[n, 1, k]``: variances alone."""
        mean, whitened = self._whitened(self._scaled(X[:, 0]))
        variance = self._variance(whitened)
        return independent(mean.T[:, None], DenseLinearOperator(variance.T[..., None, None]))

    def _joint(self, X: Any) -> Any:
        if X.dim() == 2:
            _, mean, _, covariance = self._baseline_of(X)
            return independent(mean.T, DenseLinearOperator(covariance))
        *_, n_joint, _ = X.shape
        if bool((X[:, :-1] != X[:1, :-1]).any()):
            each = [self._covariance(points) for points in X]
            means, covariances = (torch.stack(parts) for parts in zip(*each, strict=True))
            return independent(means.mT, DenseLinearOperator(covariances))
        _, base_mean, base_whitened, corner = self._baseline_of(X[0, :-1])
        scaled = self._scaled(X[:, -1])
        mean, whitened = self._whitened(scaled)
        edge = self._prior(scaled, self._scaled(X[0, :-1])) - whitened @ base_whitened.mT
        edge = torch.cat([edge, self._variance(whitened)[..., None]], dim=-1).transpose(0, 1)[..., None, :]
        means = torch.cat([base_mean.expand(len(X), -1, n_joint - 1), mean.T[..., None]], dim=-1)
        return independent(means.mT, BorderedLinearOperator(corner, edge.contiguous()))

    def _baseline_of(self, X: Any) -> tuple[Any, Any, Any, Any]:
        """Points ``[b, k]``, their means, whitened ``[m, b, N]`` and covariance; kept for the next call."""
        if self._baseline is None or not torch.equal(self._baseline[0], X):
            scaled = self._scaled(X)
            mean, whitened = self._whitened(scaled)
            self._baseline = X, mean, whitened, self._prior(scaled, scaled) - whitened @ whitened.mT
        return self._baseline

    def _covariance(self, X: Any) -> tuple[Any, Any]:
        """Means ``[m, q]`` and covariance ``[m, q, q]`` of ``[q, k]``."""
        scaled = self._scaled(X)
        mean, whitened = self._whitened(scaled)
        return mean, self._prior(scaled, scaled) - whitened @ whitened.mT


def independent(mean: Any, covariance: Any) -> Any:
    """GPyTorch's distribution of independent outputs with means ``[..., q, m]`` and covariances ``[..., m, q, q]``."""
    if mean.shape[-1] == 1:
        return MultivariateNormal(mean[..., 0], covariance.squeeze(-3))
    return MultitaskMultivariateNormal(mean, BlockDiagLinearOperator(covariance), interleaved=False)
