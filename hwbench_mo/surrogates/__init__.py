"""Surrogates: small tables that are summed over layers, how well they are known, and the noise around them."""

from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.curve import Curve
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.surrogates.quantiles import QuantileTable
from hwbench_mo.surrogates.support import Support
from hwbench_mo.surrogates.table_error import TableError

__all__ = ["AdditiveModel", "Curve", "Kernel", "QuantileTable", "Support", "TableError"]
