"""Benchmarks: what answers for the architectures of a space, from surrogates or from measured rows."""

from hwbench_mo.benchmark.benchmark import Benchmark
from hwbench_mo.benchmark.blackbox import BlackBox
from hwbench_mo.benchmark.by_counts import constrained_front
from hwbench_mo.benchmark.front import ParetoFront
from hwbench_mo.benchmark.infeasible import InfeasibleError
from hwbench_mo.benchmark.layer_counts import LayerCounts
from hwbench_mo.benchmark.load import load_benchmark
from hwbench_mo.benchmark.metric import Metric
from hwbench_mo.benchmark.prediction import Noise, Prediction
from hwbench_mo.benchmark.tabular import TabularBenchmark

__all__ = [
    "Benchmark",
    "BlackBox",
    "InfeasibleError",
    "LayerCounts",
    "Metric",
    "Noise",
    "ParetoFront",
    "Prediction",
    "TabularBenchmark",
    "constrained_front",
    "load_benchmark",
]
