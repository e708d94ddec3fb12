"""Which architectures were proposed already."""

from hwbench_mo.typing import Codes


class History:
    """A set of codes.

    >>> import numpy as np
    >>> history, codes = History(), np.array([[0, 1], [0, 1], [1, 1]])
    >>> history.add_new(codes)
    array([[0, 1],
           [1, 1]])
    >>> len(history.add_new(codes))
    0
    """

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._seen)

    def add_new(self, codes: Codes) -> Codes:
        """Those rows of canonical ``codes`` that were not seen before, without repetitions, in order."""
        new = []
        for row, code in enumerate(codes):
            key = code.tobytes()
            if key not in self._seen:
                self._seen.add(key)
                new.append(row)
        return codes[new]
