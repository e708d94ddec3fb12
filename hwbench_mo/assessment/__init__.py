"""Assessment: from runs to conclusions about optimizers, without pictures.

runs ─> curves of indicators ─> comparison, by problem and optimizer ─> statistics ─> tables
"""

from hwbench_mo.assessment.attainment import attainment_difference, attainment_surfaces
from hwbench_mo.assessment.baselines import load_baselines
from hwbench_mo.assessment.beside import Baselines
from hwbench_mo.assessment.comparison import Comparison, Group, compare
from hwbench_mo.assessment.curves_table import curves_table
from hwbench_mo.assessment.distinct import distinct
from hwbench_mo.assessment.indicators import INDICATORS
from hwbench_mo.assessment.regret import hypervolume_curve, optimal_hypervolume, regret_curve
from hwbench_mo.assessment.run_curves import RunCurves, curves_of
from hwbench_mo.assessment.runs import iterate_runs, read_runs
from hwbench_mo.assessment.tables import regret_table

__all__ = [
    "INDICATORS",
    "Baselines",
    "Comparison",
    "Group",
    "RunCurves",
    "attainment_difference",
    "attainment_surfaces",
    "compare",
    "curves_of",
    "curves_table",
    "distinct",
    "hypervolume_curve",
    "iterate_runs",
    "load_baselines",
    "optimal_hypervolume",
    "read_runs",
    "regret_curve",
    "regret_table",
]
