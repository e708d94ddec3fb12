"""Pareto: dominance, archives and hypervolume of arrays of objective values, every column minimised."""

from hwbench_mo.pareto.archive import Archive
from hwbench_mo.pareto.dominance import nondominated
from hwbench_mo.pareto.hypervolume import hypervolume, hypervolume_curve

__all__ = ["Archive", "hypervolume", "hypervolume_curve", "nondominated"]
