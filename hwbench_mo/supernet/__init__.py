"""Perplexity by weight sharing: one network that is trained so that those inside it inherit its weights.

PyTorch is imported when a network is trained or measured, and not before.
"""

from hwbench_mo.supernet.load import load_supernet

__all__ = ["load_supernet"]
