"""One offline page in which a person chooses limits and sees the exact front and the best architecture under them."""

from hwbench_mo.explorer.page import page_of
from hwbench_mo.explorer.tables import tables_of

__all__ = ["page_of", "tables_of"]
