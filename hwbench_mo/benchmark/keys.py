"""Keyed randomness: a uniform number that depends on what is asked alone, never on when or together with what.

A counter-based generator in the spirit of Salmon et al. (2011): the key (seed, architecture, objective, repeat) is
hashed to 64 bits with the finaliser of SplitMix64 (Steele, Lea & Flood, 2014), vectorised over architectures.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.spaces.space import Space
from hwbench_mo.typing import Codes, Floats, Ints

Keys = NDArray[np.uint64]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: SplitMix64's increment."""


def _mix(keys: Keys) -> Keys:
    """SplitMix64's finaliser: a bijection of 64 bits in which every input bit moves every output bit."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def _of_text(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little"))


def _multipliers(kind: str, n: int) -> Keys:
    """``[n]``; fixed odd 64-bit numbers, one a slot."""
    with np.errstate(over="ignore"):
        return _mix(_of_text(kind) + np.arange(1, n + 1, dtype=np.uint64) * GOLDEN) | np.uint64(1)


def architecture_keys(space: Space, codes: Codes) -> Keys:
    """``[n]``; a 64-bit key of each architecture: a multilinear hash of its values.

    It is made of values, not of indices, and absent layers add nothing: one architecture has one key in every space of
    the same batch size that holds it, and codes need not be canonical.
    """
    active = space.active_slots(codes)
    shared = np.stack([np.array(space.embed_dim)[codes[:, 0]], space.depth(codes), np.array(space.bias)[codes[:, 2]]])
    ratios = np.array(space.mlp_ratio)[codes[:, space.mlp_genes]] * active
    heads = np.array(space.n_head)[codes[:, space.head_genes]] * active
    keys = shared.T.astype(np.uint64) @ _multipliers("shared", len(shared))
    keys += ratios.astype(np.uint64) @ _multipliers("mlp_ratio", space.n_slots)
    keys += heads.astype(np.uint64) @ _multipliers("n_head", space.n_slots)
    return _mix(keys ^ _of_text(f"batch_size/{space.batch_size}"))


def uniform(keys: Keys, *, seed: int, target: str, repeat: int | Ints) -> Floats:
    """``[n]``; a uniform number in (0, 1) for each architecture key."""
    salted = _mix(keys ^ _of_text(f"{seed}/{target}"))
    salted = _mix(salted ^ np.asarray(repeat).astype(np.uint64))
    uniform: Floats = ((salted >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    return uniform
