"""What optimizers share whatever library runs them: a history of proposals, isolation, units, descriptions."""

from optimizers.shared.description import KINDS, Described
from optimizers.shared.history import ATTEMPTS, DRAWS, History
from optimizers.shared.isolation import isolated
from optimizers.shared.library import Library
from optimizers.shared.units import units_of

__all__ = ["ATTEMPTS", "DRAWS", "KINDS", "Described", "History", "Library", "isolated", "units_of"]
