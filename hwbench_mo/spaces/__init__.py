"""Search spaces: what an architecture is, how it is coded, and the spaces that ship with the benchmark."""

from hwbench_mo.spaces.architecture import Architecture
from hwbench_mo.spaces.catalogue import SPACES, get_space
from hwbench_mo.spaces.full import SearchSpace
from hwbench_mo.spaces.rows import TabularSpace
from hwbench_mo.spaces.space import Space

__all__ = ["SPACES", "Architecture", "SearchSpace", "Space", "TabularSpace", "get_space"]
