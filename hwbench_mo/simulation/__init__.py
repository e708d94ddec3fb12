"""Simulation: an optimizer runs against a problem as if each evaluation took the time that measuring it would."""

from hwbench_mo.simulation.cost import Cost, CostModel, Durations
from hwbench_mo.simulation.optimizer import Batched, HearsParts, HearsViolations, Optimizer, SetsRepeats
from hwbench_mo.simulation.run import Run
from hwbench_mo.simulation.simulate import simulate
from hwbench_mo.simulation.trajectory import Trajectory

__all__ = [
    "Batched",
    "Cost",
    "CostModel",
    "Durations",
    "HearsParts",
    "HearsViolations",
    "Optimizer",
    "Run",
    "SetsRepeats",
    "Trajectory",
    "simulate",
]
