"""hwbench_mo: a simulated benchmark of multi-objective architecture search on GPT-2-family language models.

>>> import hwbench_mo as hb
>>> problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
>>> codes, values = problem.pareto_front()
>>> values.shape[1]
2
"""

from hwbench_mo import adapters, testing
from hwbench_mo.assessment import compare, curves_table, hypervolume_curve, read_runs, regret_curve, regret_table
from hwbench_mo.benchmark import (
    Benchmark,
    InfeasibleError,
    LayerCounts,
    Metric,
    ParetoFront,
    Prediction,
    TabularBenchmark,
    load_benchmark,
)
from hwbench_mo.errors import InputError
from hwbench_mo.network import build_model, export_model
from hwbench_mo.pareto import hypervolume
from hwbench_mo.problems import Problem, make_problem, noisy
from hwbench_mo.recommendation import Recommendation, by_achievement, by_pseudo_weights, knee_points, recommend
from hwbench_mo.simulation import CostModel, Optimizer, Run, Trajectory, simulate
from hwbench_mo.spaces import SPACES, Architecture, SearchSpace, Space, TabularSpace
from hwbench_mo.targets import DEVICES, METRICS
from hwbench_mo.version import __version__

__all__ = [
    "DEVICES",
    "METRICS",
    "SPACES",
    "Architecture",
    "Benchmark",
    "CostModel",
    "InfeasibleError",
    "InputError",
    "LayerCounts",
    "Metric",
    "Optimizer",
    "ParetoFront",
    "Prediction",
    "Problem",
    "Recommendation",
    "Run",
    "SearchSpace",
    "Space",
    "TabularBenchmark",
    "TabularSpace",
    "Trajectory",
    "__version__",
    "adapters",
    "build_model",
    "by_achievement",
    "by_pseudo_weights",
    "compare",
    "curves_table",
    "export_model",
    "hypervolume",
    "hypervolume_curve",
    "knee_points",
    "load_benchmark",
    "make_problem",
    "noisy",
    "read_runs",
    "recommend",
    "regret_curve",
    "regret_table",
    "simulate",
    "testing",
]
