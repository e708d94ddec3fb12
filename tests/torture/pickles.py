"""Pickles that were changed or written by hand: plain data comes out, or one line; nothing is called or imported."""

import pickle
import pickletools
from typing import Any

import numpy as np

from hwbench_mo.measurements.upstream.safe_pickle import loads
from tests.torture.outcome import Tally

PLAIN = (type(None), bool, int, float, str, bytes)
CALLS = [
    b"cos\nsystem\n",
    b"cbuiltins\neval\n",
    b"c__main__\nx\n",
    b"cnumpy\nload\n",
    b"cnumpy.core.multiarray\nscalar\n",
]
RECORD = {
    "arch": {"sample_embed_dim": 192, "sample_n_layer": 2, "sample_bias": "True", "sample_mlp_ratio": [2, 4]},
    "energy_gpu": [0.5, np.float64(0.25)],
    "times": np.arange(6.0).reshape(2, 3),
    "unit": ["ms"] * 3,
}


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether it is made of numbers, text, lists, tuples and dicts alone."""
    if depth > 200:
        return False
    if isinstance(value, dict):
        return all(is_plain(key, depth + 1) and is_plain(one, depth + 1) for key, one in value.items())
    if isinstance(value, list | tuple):
        return all(is_plain(one, depth + 1) for one in value)
    return type(value) in PLAIN


def change(rng: np.random.Generator) -> bytes:
    """A pickle of a record, with bytes changed, opcodes put in, or a call in its middle."""
    data = bytearray(pickle.dumps([RECORD] * int(rng.integers(1, 4)), protocol=int(rng.integers(2, 6))))
    for _ in range(rng.integers(1, 4)):
        place = int(rng.integers(len(data)))
        kind = rng.integers(4)
        if kind == 0:
            data[place] = int(rng.integers(256))
        elif kind == 1:
            data[place:place] = pickletools.opcodes[rng.integers(len(pickletools.opcodes))].code.encode("latin-1")
        elif kind == 2:
            data[place:place] = CALLS[rng.integers(len(CALLS))] + (b")R" if rng.random() < 0.5 else b"")
        else:
            del data[place : place + int(rng.integers(1, 9))]
    return bytes(data)


def break_pickles(n: int, seed: int) -> Tally:
    """``n`` pickles."""
    tally = Tally("hostile pickles")
    rng = np.random.default_rng(seed)
    for _ in range(n):
        data = change(rng)
        tally.attack("pickle", lambda: loads(data, "pickle"), is_plain)  # noqa: B023
    return tally
