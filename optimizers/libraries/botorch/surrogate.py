"""What the adapters of BoTorch share: Gaussian processes of codes, and the search for the best candidate."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import gpytorch
import numpy as np
import torch
from botorch.sampling import SobolQMCNormalSampler

from hwbench_mo.adapters.botorch import features
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes
from optimizers.libraries.botorch.kernel import fit, gaussian_process
from optimizers.libraries.botorch.observations import Known, standardised, standardised_as

N_SAMPLES = 32
"""Of the posterior, for acquisition functions that are means of samples."""
CHUNK = 128
"""Candidates that are judged at a time: bounds the memory."""


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """What an acquisition function is made of. Everything is maximised, of mean 0 and variance 1."""

    model: Any
    X: Any
    """``[n, k]``; features of what was observed."""
    Y: Any
    """``[n, m]``"""
    reference: Any
    """``[m]``"""
    pending: Any
    """``[p, k]``; features of what is outstanding, or None."""
    seed: int

    @property
    def sampler(self) -> Any:
        return SobolQMCNormalSampler(torch.Size([N_SAMPLES]), seed=self.seed)


class Surrogate:
    """Independent Gaussian processes, one an objective, whose hyperparameters are fitted now and then."""

    def __init__(self, space: Space, refit: float) -> None:
        self._space, self._refit = space, refit
        self._state: Any = None
        self._next_fit = 0
        self.n_failed = 0
        """Fits and suggestions whose numerics failed."""

    def best(self, optimizer: Any, known: Known, *, pool: Codes, seed: int) -> Codes:
        """The code ``[1, d]`` that maximises the acquisition function over the pool and beyond."""
        with torch_apart(seed):
            try:
                return self._climb(optimizer, self._acquisition(optimizer, known, seed), pool)
            except (RuntimeError, ValueError, ArithmeticError):
                self.n_failed += 1
                return pool[-1:]  # numerics failed: a random candidate is better than no run

    def _acquisition(self, optimizer: Any, known: Known, seed: int) -> Any:
        own, worst = standardised(known.values, known.reference)
        X, Y = self._features(known.codes), torch.from_numpy(own)
        model = self._model(X, Y)
        waiting = self._features(known.pending) if len(known.pending) else None
        if waiting is not None and optimizer.believes:
            parts = torch.from_numpy(standardised_as(known.values, known.parts))
            with torch.no_grad():
                believed = torch.where(parts.isnan(), model.posterior(waiting).mean, parts)
            X, Y = torch.cat([X, waiting]), torch.cat([Y, believed])
            model = self._conditioned(X, Y)
        return optimizer.acquisition(
            View(model=model, X=X, Y=Y, reference=torch.from_numpy(worst), pending=waiting, seed=seed)
        )

    def _features(self, codes: Codes) -> Any:
        return torch.from_numpy(features(self._space, codes))

    def _model(self, X: Any, Y: Any) -> Any:
        """Fitted, if it is time to; where that fails the last hyperparameters stay."""
        if len(X) < self._next_fit:
            return self._conditioned(X, Y)
        self._next_fit = max(len(X) + 1, math.ceil(len(X) * (1 + self._refit)))
        model = self._conditioned(X, Y)
        try:
            fit(model)
        except (RuntimeError, ValueError, ArithmeticError):
            self.n_failed += 1
            return self._conditioned(X, Y)
        state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        if all(bool(torch.isfinite(state[name]).all()) for name, _ in model.named_parameters()):
            self._state = state
        return self._conditioned(X, Y)

    def _conditioned(self, X: Any, Y: Any) -> Any:
        model = gaussian_process(X, Y)
        if self._state is not None:
            model.load_state_dict(self._state)
        return model.eval()

    def _climb(self, optimizer: Any, acquisition: Any, pool: Codes) -> Codes:
        best, value = self._argmax(acquisition, pool)
        for _ in range(optimizer.climbs):
            near = optimizer.neighbours(best)
            if not len(near):
                break
            neighbour, of_neighbour = self._argmax(acquisition, near)
            if not of_neighbour > value:
                break
            best, value = neighbour, of_neighbour
        return best[None]

    def _argmax(self, acquisition: Any, codes: Codes) -> tuple[Codes, float]:
        X = self._features(codes)[:, None]
        with torch.no_grad():
            values = torch.cat([acquisition(part) for part in X.split(CHUNK)]).numpy()
        row = int(np.argmax(np.where(np.isnan(values), -np.inf, values)))
        return codes[row], float(values[row])


@contextmanager
def torch_apart(seed: int) -> Iterator[None]:
    """One thread, exact linear algebra, and a generator of our own; afterwards all is as it was.

    On busy cores more threads make a fit ten times slower.
    """
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]), gpytorch.settings.max_cholesky_size(10**6):
            torch.random.default_generator.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(n_threads)
