"""What optimizers share whatever library runs them: a history of proposals, isolation, units of objectives."""

from optimizers.shared.history import History
from optimizers.shared.isolation import isolated
from optimizers.shared.units import units_of

__all__ = ["History", "isolated", "units_of"]
