"""Keyed randomness: a uniform number that depends on what is asked alone, never on when or together with what.

A counter-based generator in the spirit of Salmon et al. (2011): the key (seed, architecture, objective, repeat) is
hashed to 64 bits with the finaliser of SplitMix64 (Steele, Lea & Flood, 2014), vectorised over architectures.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.typing import Codes, Floats, Ints

Keys = NDArray[np.uint64]


def _mix(keys: Keys) -> Keys:
    """SplitMix64's finaliser: a bijection of 64 bits in which every input bit moves every output bit."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def _of_text(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little"))


def architecture_keys(space: SearchSpace, codes: Codes) -> Keys:
    """``[n]``; a 64-bit key of each architecture.

    It is made of values, not of indices: one architecture has one key in every space of the same batch size that
    holds it, and codes need not be canonical.
    """
    shared = np.stack(
        [np.array(space.embed_dim)[codes[:, 0]], space.depth(codes), np.array(space.bias)[codes[:, 2]]], axis=1
    )
    active = space.active_slots(codes)
    ratios = np.array(space.mlp_ratio)[codes[:, space.mlp_genes]] * active
    heads = np.array(space.n_head)[codes[:, space.head_genes]] * active
    keys = np.full(len(codes), _of_text(f"architecture/{space.batch_size}"), dtype=np.uint64)
    for block in (shared, np.zeros((len(codes), space.n_slots)) + (ratios * 1024 + heads)):
        words = block.astype(np.uint64)
        for column in range(words.shape[1]):
            if column < space.n_layer[0] or block is shared:
                keys = _mix(keys ^ words[:, column])
            else:
                # An absent layer leaves the key as it is, so that the deepest layer of the space does not matter.
                keys = np.where(active[:, column], _mix(keys ^ words[:, column]), keys)
    return keys


def uniform(keys: Keys, *, seed: int, target: str, repeat: int | Ints) -> Floats:
    """``[n]``; a uniform number in (0, 1) for each architecture key."""
    salted = _mix(keys ^ _of_text(f"{seed}/{target}"))
    salted = _mix(salted ^ np.asarray(repeat).astype(np.uint64))
    uniform: Floats = ((salted >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    return uniform
