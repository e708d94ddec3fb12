"""How much arithmetic a training step takes, to be set against what a device can do."""

from hwbench_mo.network.transformer import HEAD_SIZE
from hwbench_mo.spaces import Architecture

PEAKS = {"H100 PCIe": 756e12, "H100": 989e12, "H200": 989e12, "A100": 312e12, "L40S": 362e12, "4090": 165e12}
"""Dense bfloat16 FLOP/s by a part of a GPU's name, as its maker says; the first that fits."""


def training_flops(architecture: Architecture, *, vocabulary: int, sequence: int, causal: bool = True) -> float:
    """FLOPs a token of a forward and a backward pass: matrix products alone, nothing recomputed.

    Parameters
    ----------
    causal
        Count the half of attention that is not masked. Chowdhery et al. (2022) count all of it.

    Examples
    --------
    >>> small = Architecture(embed_dim=192, n_layer=2, mlp_ratio=(2, 4), n_head=(4, 8), bias=False)
    >>> f"{training_flops(small, vocabulary=8192, sequence=1024):.4g}"
    '2.168e+07'
    """
    width, heads = architecture.embed_dim, sum(architecture.n_head)
    weights = vocabulary * width + 4 * HEAD_SIZE * heads * width + 3 * sum(architecture.mlp_ratio) * width**2
    attention = (6 if causal else 12) * sequence * HEAD_SIZE * heads
    return 6.0 * weights + attention


def peak_of(device_name: str) -> float | None:
    """FLOP/s of a GPU in bfloat16, if its name is known.

    >>> peak_of("NVIDIA H100 80GB HBM3")
    989000000000000.0
    """
    return next((peak for part, peak in PEAKS.items() if part in device_name), None)
