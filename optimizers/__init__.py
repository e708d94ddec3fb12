"""Optimizers: one module each, named as its configuration in ``conf/optimizer`` and its curve in the plots.

Each is called as ``optimizer(problem, seed=…)`` and has the two methods of `hwbench_mo.Optimizer`. To add one, see
CONTRIBUTING.md.
"""

from optimizers.age_moea2 import AGEMOEA2
from optimizers.ehvi import EHVI
from optimizers.local_search import LocalSearch
from optimizers.lsbo import LSBO
from optimizers.moasha import MOASHA
from optimizers.moead import MOEAD
from optimizers.morea import MOREA
from optimizers.motpe import MOTPE
from optimizers.nsga2 import NSGA2
from optimizers.nsga3 import NSGA3
from optimizers.qlogehvi import QLogEHVI
from optimizers.qlognehvi import QLogNEHVI
from optimizers.qlognparego import QLogNParEGO
from optimizers.random_search import RandomSearch
from optimizers.rsbo import RSBO
from optimizers.sms_emoa import SMSEMOA
from optimizers.spea2 import SPEA2

__all__ = [
    "AGEMOEA2",
    "EHVI",
    "LSBO",
    "MOASHA",
    "MOEAD",
    "MOREA",
    "MOTPE",
    "NSGA2",
    "NSGA3",
    "RSBO",
    "SMSEMOA",
    "SPEA2",
    "LocalSearch",
    "QLogEHVI",
    "QLogNEHVI",
    "QLogNParEGO",
    "RandomSearch",
]
