"""Problems: a space and objectives, with exact bounds, reference point and Pareto front."""

from hwbench_mo.benchmark import ParetoFront
from hwbench_mo.problems.make import make_problem
from hwbench_mo.problems.noisy import NoisyProblem, noisy
from hwbench_mo.problems.problem import ExactProblem, Problem
from hwbench_mo.problems.provenance import device_tables, problem_of, provenance

__all__ = [
    "ExactProblem",
    "NoisyProblem",
    "ParetoFront",
    "Problem",
    "device_tables",
    "make_problem",
    "noisy",
    "problem_of",
    "provenance",
]
