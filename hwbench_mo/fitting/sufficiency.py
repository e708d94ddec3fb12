"""Whether measurements suffice for a fit: what is too little is refused, or warned of."""

import warnings

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.typing import Codes

LEAST = 5
"""Architectures of each embed_dim and bias that either half of the rows needs, to choose the form of noise by."""
FEW = 30
"""Measured perplexities a per-layer effect and width, below which ``perplexity_mlp`` is missed.

Without that prior, errors on held-out architectures were 8 times as large with 0.7 an effect (gpt_l), 1.6 times with 13
(gpt_m) and 1.4 times with 20 (gpt_s).
"""


def refuse_few(space: SearchSpace, codes: Codes, what: str, *, least: int = LEAST) -> None:
    """Raise `InputError` if the noise around too few architectures ``[n, d]`` is known.

    The form of noise is chosen by halves of the rows, and noise is pooled by embed_dim and bias: of each there must be
    ``least`` in either half.
    """
    groups = [(embed_dim, bias) for embed_dim in space.embed_dim for bias in space.bias]
    for start in (0, 1):
        counts = np.bincount(space.groups(codes[start::2]), minlength=len(groups))
        for (embed_dim, bias), count in zip(groups, counts.tolist(), strict=True):
            if count < least:
                raise InputError(
                    f"{space.name}: every second row with {what} holds {count} architectures of embed_dim {embed_dim} "
                    f"and bias {bias}, but a fit needs {least}; measure more of them, in random order"
                )


def warn_of_missing_prior(measured: Measurements) -> None:
    """Warn if perplexity was measured too rarely to do without the prior that ``perplexity_mlp`` gives."""
    space = measured.space
    n = int(np.isfinite(measured.centre("perplexity")).sum())
    effects = space.n_slots * (len(space.mlp_ratio) + len(space.n_head) - 2)
    if np.isnan(measured.perplexity_mlp).all() and 0 < n < FEW * effects * len(space.embed_dim):
        lacks = "the authors' predictions as a prior, and its errors can be several times as large as with them"
        if space.name not in MEASURED:
            enough = FEW * effects * len(space.embed_dim)
            lacks = f"a prior; without one, {enough} architectures tell what each layer's choices do"
        warnings.warn(
            f"{space.name}: perplexity was measured of {n} architectures only, and perplexity_mlp is missing: the fit "
            f"lacks {lacks}",
            stacklevel=3,
        )
