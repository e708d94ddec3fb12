"""Optimizers: one module each, named as its configuration in ``conf/optimizer`` and its curve in the plots.

Each is called as ``optimizer(problem, seed=…)`` and has the two methods of `hwbench_mo.Optimizer`. To add one, see
CONTRIBUTING.md.
"""

from optimizers.local_search import LocalSearch
from optimizers.nsga2 import NSGA2
from optimizers.random_search import RandomSearch

__all__ = ["NSGA2", "LocalSearch", "RandomSearch"]
