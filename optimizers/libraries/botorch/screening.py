"""Expected hypervolume improvements by samples, whose costly form is evaluated only where it can be the largest.

BoTorch's `qLogExpectedHypervolumeImprovement` smooths every edge of every box for the sake of gradients, which takes
most of the time of a suggestion, and nobody needs gradients of architectures. The plain improvement of the same samples
is a bound of it. Candidates whose bound is below the value of another candidate cannot be the best.
"""

from typing import Any

import torch
from botorch.acquisition.multi_objective.logei import (
    qLogExpectedHypervolumeImprovement,
    qLogNoisyExpectedHypervolumeImprovement,
)

from optimizers.libraries.botorch.partitioning import Partitioning

N_FIRST = 8
"""Candidates of the largest bounds, which are evaluated first."""
SHIFT = 5e-5
"""Added to samples in a bound: 50 times the temperature at which BoTorch smooths improvements (Ament et al., 2023)."""
SLACK = 1e-6
"""Added to a bound: more than the tails of the smoothed improvement, at less than minus `SHIFT`, add up to."""
BLOCK = 2**17
"""Elements of a bound's largest tensor, which should stay in a cache of the processor."""


class Screened:
    """The best of ``[n, 1, k]`` candidates has BoTorch's value; the values of others may be bounds below that."""

    def _compute_log_qehvi(self, samples: Any, X: Any = None) -> Any:
        """``[n]``, of ``samples`` ``[s, n, 1, m]``; called by ``forward`` of BoTorch's class."""
        exact: Any = super()._compute_log_qehvi  # type: ignore[misc]
        if samples.dim() != 4 or samples.shape[2] > 1 or torch.is_grad_enabled():
            return exact(samples=samples, X=X)
        values = self.bound(samples[:, :, 0])
        first = values.topk(min(N_FIRST, len(values))).indices
        best = exact(samples=samples[:, first], X=None)
        values.log_()
        others = values >= best.max()
        others[first] = False
        values[first] = best
        if bool(others.any()):
            values[others] = exact(samples=samples[:, others], X=None)
        return values

    def bound(self: Any, samples: Any) -> Any:
        """``[n]``; at least the expected hypervolume improvement, smoothed or not, of ``samples`` ``[s, n, m]``."""
        lower, upper = (
            cells.reshape(-1, 1, *cells.shape[-2:]) for cells in (self.cell_lower_bounds, self.cell_upper_bounds)
        )
        widths = upper - lower  # [s or 1, 1, c, m]
        n_at_once = max(1, BLOCK // (len(samples) * lower.shape[-2]))
        parts = []
        for part in (samples + SHIFT).split(n_at_once, dim=1):
            volumes: Any = 1.0
            for j in range(samples.shape[-1]):
                edges = (part[..., j, None] - lower[..., j]).clamp_min_(0)
                volumes = torch.minimum(edges, widths[..., j], out=edges).mul_(volumes)
            parts.append(volumes.sum(dim=-1).mean(dim=0))
        return torch.cat(parts) + SLACK


class ScreenedLogEHVI(Screened, qLogExpectedHypervolumeImprovement):  # type: ignore[misc]
    """BoTorch's qLogEHVI for candidates."""


class UnscreenedLogNEHVI(qLogNoisyExpectedHypervolumeImprovement):  # type: ignore[misc]
    """BoTorch's qLogNEHVI, whose boxes are found faster."""

    def _set_cell_bounds(self, num_new_points: int) -> None:
        self.p_class = Partitioning  # the boxes of each sample
        super()._set_cell_bounds(num_new_points)


class ScreenedLogNEHVI(Screened, UnscreenedLogNEHVI):
    """BoTorch's qLogNEHVI for candidates."""
