"""Surrogates: small tables that are summed over layers, and the noise around them."""

from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.benchmark import Benchmark, load_benchmark
from hwbench_mo.surrogates.noise import QuantileTable
from hwbench_mo.surrogates.prediction import Prediction
from hwbench_mo.surrogates.tabular import TabularBenchmark

__all__ = ["AdditiveModel", "Benchmark", "Prediction", "QuantileTable", "TabularBenchmark", "load_benchmark"]
