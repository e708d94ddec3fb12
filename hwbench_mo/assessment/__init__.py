"""Assessment: from runs to conclusions about optimizers."""

from hwbench_mo.assessment.comparison import Comparison, Group, compare, distinct
from hwbench_mo.assessment.regret import hypervolume_curve, optimal_hypervolume, regret_curve
from hwbench_mo.assessment.runs import read_runs
from hwbench_mo.assessment.tables import regret_table

__all__ = [
    "Comparison",
    "Group",
    "compare",
    "distinct",
    "hypervolume_curve",
    "optimal_hypervolume",
    "read_runs",
    "regret_curve",
    "regret_table",
]
