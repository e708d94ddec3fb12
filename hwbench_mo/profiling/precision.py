"""How well tables are known from what was measured so far: their predicted relative error."""

from dataclasses import dataclass

import numpy as np

from hwbench_mo.fitting.regression import huber_regression, is_determined
from hwbench_mo.profiling.design import EVALUATED, corners, regressors
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM
from hwbench_mo.typing import Codes, Floats


@dataclass(frozen=True)
class Precision:
    """Standard errors of tables relative to their values, over random architectures and corners."""

    typical: float
    """The root mean square; infinite where the tables are not determined yet."""
    worst: float

    def __str__(self) -> str:
        return (
            f"{100 * self.typical:.2f} % (worst {100 * self.worst:.2f} %)" if np.isfinite(self.typical) else "unknown"
        )


UNKNOWN = Precision(np.inf, np.inf)


def predicted_error(space: SearchSpace, codes: Codes, values: Floats) -> Precision:
    """The error of the tables that measurements ``values`` ``[n]`` of architectures ``[n, d]`` determine.

    As in the fit, each width has a linear function of the counts of choices, which may depend on bias. The noise is
    what remains of the measurements. Rows without a value are left out.
    """
    known = np.isfinite(values)
    codes, values = codes[known], values[known]
    random = space.sample(EVALUATED, np.random.default_rng(0))
    asked = np.concatenate([random, corners(space)])
    relative = np.empty(len(asked))
    for e in range(len(space.embed_dim)):
        rows, own = codes[:, EMBED_DIM] == e, asked[:, EMBED_DIM] == e
        x = _by_bias(space, codes[rows])
        if not is_determined(x):
            return UNKNOWN
        fit = huber_regression(x, values[rows])
        at = _by_bias(space, asked[own])
        variances = np.einsum("np,pq,nq->n", at, fit.covariance, at)
        least = 0.1 * np.median(values[rows])  # of few and noisy measurements, tables may be negative
        relative[own] = np.sqrt(np.maximum(variances, 0.0)) / np.maximum(at @ fit.coefficients, least)
    return Precision(float(np.sqrt(np.mean(relative**2))), float(relative.max()))


def _by_bias(space: SearchSpace, codes: Codes) -> Floats:
    x = regressors(space, codes)
    if len(space.bias) == 1:
        return x
    signed = np.array(space.bias, dtype=np.float64)[codes[:, BIAS]] - 0.5
    return np.concatenate([x, signed[:, None] * x], axis=1)
