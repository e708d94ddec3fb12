"""A problem as BoTorch's test problem."""

from typing import Any

import numpy as np
import torch
from botorch.test_functions.base import ConstrainedBaseTestProblem, MultiObjectiveTestProblem
from torch import Tensor

from hwbench_mo.adapters.genes import codes_from
from hwbench_mo.pareto import hypervolume
from hwbench_mo.problems import Problem
from hwbench_mo.typing import Codes, Values


class BoTorchProblem(MultiObjectiveTestProblem):  # type: ignore[misc]
    """Choice indices as discrete inputs; see `hwbench_mo.adapters.to_botorch`."""

    def __init__(self, problem: Problem, /, *, negate: bool = False) -> None:
        upper = problem.space.n_choices - 1
        self.genes: list[int] = np.flatnonzero(upper).tolist()
        """Which gene of a code each input is. Those without a choice are no inputs: their range cannot be scaled."""
        self.problem = problem
        self.dim = len(self.genes)
        self.discrete_inds = list(range(self.dim))
        self.num_objectives = len(problem.objectives)
        self._bounds = [(0.0, float(upper[gene])) for gene in self.genes]
        self._ref_point = problem.reference_point.tolist()
        self._max_hv = hypervolume(problem.pareto_front().values, reference=problem.reference_point)
        super().__init__(negate=negate)

    def codes(self, X: Tensor) -> Codes:
        """Canonical codes ``[n, d]`` of inputs ``[n, dim]``."""
        genes = np.zeros((len(X), self.problem.space.n_genes))
        genes[:, self.genes] = X.detach().cpu().numpy()
        return codes_from(self.problem.space, genes)

    def forward(self, X: Tensor, noise: bool = True) -> Tensor:
        """Values ``[…, m]`` of inputs ``[…, dim]``; simulated measurements if the problem is noisy and ``noise``."""
        if not noise or self.problem.noise == "none":
            return super().forward(X, noise=False)
        self.evaluate_true(X)  # for its checks of the inputs
        values = self._answers(X, "sample")
        return -values if self.negate else values

    def _evaluate_true(self, X: Tensor) -> Tensor:
        return self._answers(X, "none")

    def _answers(self, X: Tensor, noise: Any) -> Tensor:
        flat = X.reshape(-1, self.dim)
        return self._like(X, self.problem.evaluate(self.codes(flat), noise=noise))

    def _like(self, X: Tensor, values: Values) -> Tensor:
        return torch.tensor(values, dtype=X.dtype, device=X.device).reshape(*X.shape[:-1], values.shape[1])

    def inputs(self, codes: Codes) -> Tensor:
        """``[n, dim]``; the inputs of codes ``[n, d]``."""
        return torch.tensor(codes[:, self.genes].copy(), dtype=self.bounds.dtype)

    def gen_pareto_front(self, n: int) -> Tensor:
        """``[n, m]``; points of the exact front, evenly spaced by rank in the first objective."""
        values = self.problem.pareto_front().values
        rows = np.unique(np.linspace(0, len(values) - 1, min(n, len(values))).round().astype(int))
        front = torch.tensor(values[rows], dtype=self.bounds.dtype)
        return -front if self.negate else front


class ConstrainedBoTorchProblem(BoTorchProblem, ConstrainedBaseTestProblem):  # type: ignore[misc]
    """With a slack for each constraint, 0 or more where it is kept."""

    def __init__(self, problem: Problem, /, *, negate: bool = False) -> None:
        self.num_constraints = len(problem.constraints)
        super().__init__(problem, negate=negate)

    def _evaluate_slack_true(self, X: Tensor) -> Tensor:
        flat = X.reshape(-1, self.dim)
        return self._like(X, -self.problem.violations(self.codes(flat)))
