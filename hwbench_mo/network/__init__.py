"""The networks that are benchmarked, as PyTorch modules; PyTorch is imported when one is built, and not before."""

from hwbench_mo.network.build import build_model
from hwbench_mo.network.folder import export_model

__all__ = ["build_model", "export_model"]
