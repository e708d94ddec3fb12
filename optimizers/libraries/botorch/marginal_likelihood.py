"""The marginal likelihood of `gaussian_process` and its gradient, in closed form, for BoTorch's own fit."""

import math
from typing import Any

import torch
from linear_operator.utils.cholesky import psd_safe_cholesky

from optimizers.libraries.botorch.matern import SQRT5, matern52


class NegativeLogLikelihood:
    """What BoTorch minimises to fit a model of `gaussian_process`: minus the log-likelihood with priors, over N.

    The gradient is that of Rasmussen & Williams (2006, equation 5.9). GPyTorch gets the same numbers by automatic
    differentiation of many small operations, in two to four times the time.

    Parameters
    ----------
    model
        Of `gaussian_process`. Its parameters are read at each call.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        X, y = model.train_inputs[0], model.train_targets
        X, self._y = X.reshape(-1, *X.shape[-2:])[0], y.reshape(-1, y.shape[-1])
        self._gaps = (X.T[:, :, None] - X.T[:, None, :]).square().flatten(start_dim=1)  # [k, N * N]

    def __call__(self) -> tuple[Any, list[Any]]:
        """The sum over outputs, and its gradient for each of the model's parameters, in their order."""
        with torch.no_grad():
            return self._value_and_gradients()

    def _value_and_gradients(self) -> tuple[Any, list[Any]]:
        kernel, noise_model = self._model.covar_module, self._model.likelihood.noise_covar
        constant, scale = self._model.mean_module.raw_constant, kernel.raw_outputscale
        lengths, noise = kernel.base_kernel.raw_lengthscale, noise_model.raw_noise
        m, n = self._y.shape
        ell, outputscale = lengths.flatten(end_dim=-2), kernel.outputscale.reshape(m, 1, 1)

        distance = (ell.pow(-2) @ self._gaps).sqrt_().view(m, n, n)
        correlation = matern52(distance)
        covariance = outputscale * correlation
        covariance.diagonal(dim1=-2, dim2=-1).add_(noise.reshape(m, 1))
        root = psd_safe_cholesky(covariance)
        residuals = (self._y - constant.reshape(m, 1))[..., None]
        weights = torch.cholesky_solve(residuals, root)
        value = -0.5 * ((residuals * weights).sum() + m * n * math.log(2 * math.pi))
        value = value - root.diagonal(dim1=-2, dim2=-1).log().sum()

        slopes = (weights @ weights.mT - torch.cholesky_inverse(root)) / 2  # of the value by the covariance
        by_length = (1 + SQRT5 * distance).mul_((-SQRT5 * distance).exp_()).mul_(slopes)  # and not yet by gap
        gradients = {
            id(constant): weights.sum(dim=(-2, -1)),
            id(scale): (slopes * correlation).sum(dim=(-2, -1)) * torch.sigmoid(scale.reshape(m)),
            id(lengths): (by_length.view(m, -1) @ self._gaps.T) * (5 / 3 * outputscale[..., 0]) * ell.pow(-3),
            id(noise): slopes.diagonal(dim1=-2, dim2=-1).sum(dim=-1),
        }
        for parameter, prior in ((lengths, kernel.base_kernel.lengthscale_prior), (noise, noise_model.noise_prior)):
            value = value + prior.log_prob(parameter).sum()
            slope = -(1 + (parameter.log() - prior.loc) / prior.scale.square()) / parameter  # of a log-normal density
            gradients[id(parameter)] += slope.view_as(gradients[id(parameter)])
        return -value / n, [-gradients[id(each)].view_as(each) / n for each in self._model.parameters()]
