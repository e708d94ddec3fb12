"""Constraints as BoTorch's users have them: a Gaussian process each, and improvement times probability of feasibility.

For independent processes, the expected improvement of feasible architectures is the product of the expected improvement
and the probability that all constraints are kept (Gardner et al., 2014); of logarithms, the sum.
"""

from collections.abc import Callable
from typing import Any

import torch


class LogFeasibility:
    """The logarithm of the probability that candidates keep all constraints.

    Parameters
    ----------
    model
        Of c constraints, each the larger the better.
    thresholds
        ``[c]``; from where on each is kept.
    """

    def __init__(self, model: Any, thresholds: Any) -> None:
        self._model, self._thresholds = model, thresholds

    def __call__(self, X: Any) -> Any:
        """``[n]``, of features ``[n, 1, k]``."""
        posterior = self._model.posterior(X)
        deviation = posterior.variance.clamp_min(1e-12).sqrt()
        return torch.special.log_ndtr((posterior.mean - self._thresholds) / deviation).sum(dim=-1)[:, 0]

    def is_likely(self, X: Any) -> Any:
        """``[n]``; which of the points ``[n, k]`` are predicted to keep all constraints, by the means."""
        return (self._model.posterior(X).mean >= self._thresholds).all(dim=-1)


class Constrained:
    """The logarithm of an acquisition function of feasible architectures.

    Parameters
    ----------
    acquisition
        Of the objectives; None if no feasible architecture is known, whose improvement one could expect.
    is_log
        Whether it is a logarithm already.
    """

    def __init__(self, acquisition: Callable[[Any], Any] | None, feasibility: LogFeasibility, *, is_log: bool) -> None:
        self._acquisition, self._feasibility, self._is_log = acquisition, feasibility, is_log

    def __call__(self, X: Any) -> Any:
        """``[n]``, of features ``[n, 1, k]``."""
        likely = self._feasibility(X)
        if self._acquisition is None:
            return likely
        values = self._acquisition(X)
        return likely + (values if self._is_log else values.clamp_min(torch.finfo(values.dtype).tiny).log())
