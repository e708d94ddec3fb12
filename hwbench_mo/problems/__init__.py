"""Problems: a space and objectives, with exact bounds, reference point and Pareto front."""

from hwbench_mo.problems.front import ParetoFront
from hwbench_mo.problems.problem import Problem, make_problem, noisy

__all__ = ["ParetoFront", "Problem", "make_problem", "noisy"]
