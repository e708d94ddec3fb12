"""hwbench_mo: a simulated benchmark of multi-objective architecture search on GPT-2-family language models."""

from hwbench_mo.spaces import Architecture, SearchSpace
from hwbench_mo.surrogates import Benchmark, Prediction, load_benchmark

__all__ = [
    "Architecture",
    "Benchmark",
    "Prediction",
    "SearchSpace",
    "load_benchmark",
]
