"""Simulation: an optimizer runs against a problem as if each evaluation took the time that measuring it would."""

from hwbench_mo.simulation.cost import CostModel
from hwbench_mo.simulation.optimizer import Optimizer
from hwbench_mo.simulation.simulate import simulate
from hwbench_mo.simulation.trajectory import Trajectory

__all__ = ["CostModel", "Optimizer", "Trajectory", "simulate"]
