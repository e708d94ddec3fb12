"""A problem in the terms of other libraries, and spaces in the modules named for them.

`to_ax`, `to_botorch`, `to_nevergrad`, `to_optuna`, `to_pymoo` and `to_syne_tune` import their library when they are
called. Of the other modules each but `ax_problem`, `botorch` and `genes` imports its library.
"""

from hwbench_mo.adapters.frameworks import to_ax, to_botorch, to_nevergrad, to_optuna, to_pymoo, to_syne_tune

__all__ = ["to_ax", "to_botorch", "to_nevergrad", "to_optuna", "to_pymoo", "to_syne_tune"]
