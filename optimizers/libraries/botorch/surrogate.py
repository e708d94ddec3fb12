"""Gaussian processes of architectures, and the candidate that maximises an acquisition function of them."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import torch

from hwbench_mo.adapters.botorch import features
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Floats, Ints
from optimizers.libraries.botorch.acquisition import AcquisitionInputs
from optimizers.libraries.botorch.candidates import CandidateModel
from optimizers.libraries.botorch.device import device_named
from optimizers.libraries.botorch.feasibility import Constrained, LogFeasibility
from optimizers.libraries.botorch.gaussian_process import fit, gaussian_process
from optimizers.libraries.botorch.isolation import isolated_torch
from optimizers.libraries.botorch.marginal_likelihood import NegativeLogLikelihood
from optimizers.libraries.botorch.matern import Hyperparameters
from optimizers.libraries.botorch.observations import Observations, standardised, standardised_as

CHUNK = 256
"""Candidates whose acquisition values are computed at a time: bounds the memory."""
NUMERICAL_ERRORS = (RuntimeError, ValueError, ArithmeticError)


class Maximiser(Protocol):
    """What is maximised and where, as an optimizer says it."""

    @property
    def imputes_pending(self) -> bool:
        """Whether pending architectures count as observed at their predicted means."""
        ...

    @property
    def is_log(self) -> bool:
        """Whether the acquisition function is a logarithm."""
        ...

    @property
    def local_search_steps(self) -> int:
        """Steps to a better neighbour of the best candidate, at most."""
        ...

    def acquisition(self, inputs: AcquisitionInputs) -> Callable[[Any], Any]:
        """The acquisition function of features ``[n, 1, k]``, to be maximised."""
        ...

    def neighbours(self, code: Ints) -> Codes:
        """New neighbours of a code ``[d]``."""
        ...


class Surrogate:
    """Independent Gaussian processes, one an objective.

    Hyperparameters are fitted when observations have grown by the fraction ``refit`` since the last fit.
    """

    def __init__(self, space: Space, refit: float, device: str = "cpu") -> None:
        self._space, self._refit, self._device = space, refit, device_named(device)
        self._state: Any = None
        self._hyperparameters: Any = None
        self._next_fit = 0
        self._of_constraints: Surrogate | None = None
        self.n_failed = 0
        """Fits and suggestions that ended in a numerical error."""

    def maximise(self, optimizer: Maximiser, observed: Observations, *, pool: Codes, seed: int) -> Codes:
        """The code ``[1, d]`` that maximises the optimizer's acquisition function over the pool and beyond."""
        with isolated_torch(seed, self._device):
            try:
                return self._local_search(optimizer, self._acquisition(optimizer, observed, seed), pool)
            except NUMERICAL_ERRORS:
                self.n_failed += 1
                return pool[-1:]  # a random candidate, so that the run goes on

    def _acquisition(self, optimizer: Maximiser, observed: Observations, seed: int) -> Callable[[Any], Any]:
        own, worst = standardised(observed.values, observed.reference)
        X, Y = self._features(observed.codes), self._tensor(own)
        model = self._model(X, Y)
        pending = self._features(observed.pending) if len(observed.pending) else None
        if pending is not None and optimizer.imputes_pending:
            partial = self._tensor(standardised_as(observed.values, observed.partial))
            with torch.no_grad():
                imputed = torch.where(partial.isnan(), model.posterior(pending).mean, partial)
            X, Y = torch.cat([X, pending]), torch.cat([Y, imputed])
            model = CandidateModel(X, Y, self._hyperparameters)
        inputs = AcquisitionInputs(model=model, X=X, Y=Y, reference=self._tensor(worst), pending=pending, seed=seed)
        if observed.violations.shape[1]:
            return self._constrained(optimizer, observed, inputs)
        return optimizer.acquisition(inputs)

    def _constrained(
        self, optimizer: Maximiser, observed: Observations, inputs: AcquisitionInputs
    ) -> Callable[[Any], Any]:
        """The acquisition function of feasible architectures, times the probability of being one."""
        if self._of_constraints is None:
            self._of_constraints = Surrogate(self._space, self._refit, str(self._device))
        own, _ = standardised(observed.violations, None)
        thresholds = standardised_as(observed.violations, np.zeros((1, own.shape[1])))[0]
        model = self._of_constraints._model(self._features(observed.codes), self._tensor(own))
        feasibility = LogFeasibility(model, self._tensor(thresholds))
        kept = torch.from_numpy(observed.feasible).to(self._device)
        if len(inputs.X) > len(kept):  # pending ones, whose values are imputed
            kept = torch.cat([kept, feasibility.is_likely(inputs.X[len(kept) :])])
        if not bool(kept.any()):
            return Constrained(None, feasibility, is_log=True)
        of_feasible = replace(inputs, X=inputs.X[kept], Y=inputs.Y[kept], is_constrained=True)
        return Constrained(optimizer.acquisition(of_feasible), feasibility, is_log=optimizer.is_log)

    def _features(self, codes: Codes) -> Any:
        return self._tensor(features(self._space, codes))

    def _tensor(self, array: Floats) -> Any:
        return torch.from_numpy(array).to(self._device)

    def _model(self, X: Any, Y: Any) -> CandidateModel:
        """With new hyperparameters if a fit is due and succeeds, else with the last ones."""
        if self._hyperparameters is None or len(X) >= self._next_fit:
            self._next_fit = max(len(X) + 1, math.ceil(len(X) * (1 + self._refit)))
            self._fit(X, Y)
        return CandidateModel(X, Y, self._hyperparameters)

    def _fit(self, X: Any, Y: Any) -> None:
        """Starts at the last hyperparameters, and keeps them if it fails."""
        model = gaussian_process(X, Y)
        if self._state is not None:
            model.load_state_dict(self._state)
        if self._hyperparameters is None:
            self._hyperparameters = Hyperparameters.of(model)
        try:
            fit(model, closure=NegativeLogLikelihood(model))
        except NUMERICAL_ERRORS:
            self.n_failed += 1
            return
        if all(bool(torch.isfinite(parameter).all()) for parameter in model.parameters()):
            self._state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
            self._hyperparameters = Hyperparameters.of(model)

    def _local_search(self, optimizer: Maximiser, acquisition: Callable[[Any], Any], pool: Codes) -> Codes:
        best, value = self._argmax(acquisition, pool)
        for _ in range(optimizer.local_search_steps):
            neighbours = optimizer.neighbours(best)
            if not len(neighbours):
                break
            neighbour, neighbour_value = self._argmax(acquisition, neighbours)
            if not neighbour_value > value:
                break
            best, value = neighbour, neighbour_value
        return best[None]

    def _argmax(self, acquisition: Callable[[Any], Any], codes: Codes) -> tuple[Ints, float]:
        X = self._features(codes)[:, None]
        with torch.no_grad():
            values = torch.cat([acquisition(part) for part in X.split(CHUNK)]).cpu().numpy()
        row = int(np.argmax(np.where(np.isnan(values), -np.inf, values)))
        return codes[row], float(values[row])
