"""What every search space offers."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.spaces.coding import Coding
from hwbench_mo.typing import Codes


@dataclass(frozen=True, kw_only=True)
class Space(Coding, ABC):
    """Architectures that are searched: all that can be made of the given choices (`SearchSpace`), or some of them.

    Parameters and coding are those of `Coding`. An optimizer that makes codes of its own passes them through `repair`.
    """

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of distinct architectures, exact."""

    @abstractmethod
    def validate(self, codes: object, /) -> Codes:
        """``codes`` as an int64 array ``[n, d]`` of architectures of the space; canonical form is not required.

        Raises
        ------
        InputTypeError
            If they are not integers.
        InputError
            If the width is not d, an index is out of range or an architecture is not of the space; the first such place
            is named.
        """

    @abstractmethod
    def repair(self, codes: Codes, /, *, avoid: Codes | None = None) -> Codes:
        """``[n, d]``; canonical codes of architectures of the space, as near as can be to any codes in range.

        Where the space holds some architectures of a full one alone, those in ``avoid`` are taken last: recombined
        parents lie nearer to their child than any other architecture of a sparse space does.
        """

    @abstractmethod
    def sample(self, n: int, rng: np.random.Generator) -> Codes:
        """``n`` canonical codes, drawn with replacement."""

    @abstractmethod
    def neighbours(self, code: NDArray[np.int64], /) -> Codes:
        """The neighbours of ``code`` ``[d]``, as canonical codes."""

    @abstractmethod
    def random_neighbours(self, codes: Codes, rng: np.random.Generator) -> Codes:
        """One random neighbour of each row, as canonical codes."""

    @abstractmethod
    def enumerate(self) -> Iterator[NDArray[np.int64]]:
        """Every canonical code, for spaces small enough."""

    def canonical(self, codes: object, /) -> Codes:
        """The canonical form: a copy of valid codes in which the genes of absent layers are 0.

        >>> from hwbench_mo.spaces import SearchSpace
        >>> space = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1, 2))
        >>> space.canonical(np.array([[0, 0, 1, 1, 1, 1, 1]]))
        array([[0, 0, 1, 1, 0, 1, 0]])
        """
        return self._clear_absent(self.validate(codes).copy())
