"""Optimizers: one module each, named as its configuration in ``conf/optimizer`` and its curve in the plots.

Each is called as ``optimizer(problem, seed=…)`` and has the two methods of `hwbench_mo.Optimizer`. An optimizer, and
with it the library that runs it, is imported when it is first named here. To add one, see CONTRIBUTING.md.

>>> import optimizers
>>> optimizers.NSGA2.library.name
'pymoo'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizers.age_moea2 import AGEMOEA2 as AGEMOEA2
    from optimizers.ehvi import EHVI as EHVI
    from optimizers.local_search import LocalSearch as LocalSearch
    from optimizers.lsbo import LSBO as LSBO
    from optimizers.moasha import MOASHA as MOASHA
    from optimizers.moead import MOEAD as MOEAD
    from optimizers.morea import MOREA as MOREA
    from optimizers.motpe import MOTPE as MOTPE
    from optimizers.nsga2 import NSGA2 as NSGA2
    from optimizers.nsga3 import NSGA3 as NSGA3
    from optimizers.qlogehvi import QLogEHVI as QLogEHVI
    from optimizers.qlognehvi import QLogNEHVI as QLogNEHVI
    from optimizers.qlognparego import QLogNParEGO as QLogNParEGO
    from optimizers.random_search import RandomSearch as RandomSearch
    from optimizers.rsbo import RSBO as RSBO
    from optimizers.sms_emoa import SMSEMOA as SMSEMOA
    from optimizers.spea2 import SPEA2 as SPEA2

MODULES = {
    "AGEMOEA2": "age_moea2",
    "EHVI": "ehvi",
    "LSBO": "lsbo",
    "MOASHA": "moasha",
    "MOEAD": "moead",
    "MOREA": "morea",
    "MOTPE": "motpe",
    "NSGA2": "nsga2",
    "NSGA3": "nsga3",
    "RSBO": "rsbo",
    "SMSEMOA": "sms_emoa",
    "SPEA2": "spea2",
    "LocalSearch": "local_search",
    "QLogEHVI": "qlogehvi",
    "QLogNEHVI": "qlognehvi",
    "QLogNParEGO": "qlognparego",
    "RandomSearch": "random_search",
}
"""The module of each optimizer."""

__all__ = list(MODULES)


if not TYPE_CHECKING:  # a type checker would take every name for one that is there

    def __getattr__(name: str) -> Any:
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        optimizer = getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
        globals()[name] = optimizer  # the next time it is found without this function
        return optimizer


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
