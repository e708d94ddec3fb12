"""Testing: does an optimizer of one's own keep what the simulation promises and expects?

>>> import numpy as np, hwbench_mo as hb
>>> class Sampler:
...     def __init__(self, problem, *, seed):
...         self.space, self.rng = problem.space, np.random.default_rng(seed)
...     def ask(self, n):
...         return self.space.sample(n, self.rng)
...     def tell(self, codes, values):
...         pass
>>> hb.testing.check_optimizer(Sampler, may_return=True)
"""

from hwbench_mo.testing.effort import Effort
from hwbench_mo.testing.failure import ConformanceError
from hwbench_mo.testing.optimizers import CHECKS, check_optimizer

__all__ = ["CHECKS", "ConformanceError", "Effort", "check_optimizer"]
