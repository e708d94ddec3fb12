"""Measures devices: the networks as PyTorch modules, timers, counters of energy, and campaigns that give tables.

PyTorch is imported here alone, and only when a network is built or a device is measured.
"""

from hwbench_mo.profiling.build import build_model

__all__ = ["build_model"]
