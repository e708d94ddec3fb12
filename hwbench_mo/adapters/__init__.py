"""A problem in the terms of other libraries, and spaces in the modules named for them.

`to_pymoo`, `to_botorch`, `to_optuna` and `to_syne_tune` import their library when they are called. Of the other modules
each but `hwbench_mo.adapters.botorch` imports its library.
"""

from hwbench_mo.adapters.frameworks import to_botorch, to_optuna, to_pymoo, to_syne_tune

__all__ = ["to_botorch", "to_optuna", "to_pymoo", "to_syne_tune"]
