"""Arrays as letters that a page decodes into typed arrays."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIGNED = 8
"""Arrays start at multiples of so many bytes, as typed arrays must."""


def packed(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Arrays of float64 or int16, one after another, with where each starts; little-endian.

    >>> packed({"a": np.array([1.0])})
    {'at': {'a': ['f8', 0, [1]]}, 'bytes': 'AAAAAAAA8D8='}
    """
    at: dict[str, Any] = {}
    content = bytearray()
    for name, array in arrays.items():
        kind = "i2" if array.dtype == np.int16 else "f8"
        at[name] = [kind, len(content), list(array.shape)]
        content += np.ascontiguousarray(array, dtype=f"<{kind}").tobytes()
        content += bytes(-len(content) % ALIGNED)
    return {"at": at, "bytes": base64.b64encode(content).decode("ascii")}
