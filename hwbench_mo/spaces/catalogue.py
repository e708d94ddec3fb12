"""The spaces that ship: those that were measured, and the authors' wide ones."""

from hwbench_mo.errors import unknown
from hwbench_mo.spaces.full import SearchSpace

GPT_S = SearchSpace(
    name="gpt_s", embed_dim=(192, 384, 768), n_layer=(10, 11, 12), mlp_ratio=(2, 3, 4), n_head=(4, 8, 12), batch_size=8
)
GPT_M = SearchSpace(
    name="gpt_m",
    embed_dim=(256, 512, 1024),
    n_layer=(22, 23, 24),
    mlp_ratio=(2, 3, 4),
    n_head=(8, 12, 16),
    batch_size=4,
)
GPT_L = SearchSpace(
    name="gpt_l",
    embed_dim=(320, 640, 1280),
    n_layer=(34, 35, 36),
    mlp_ratio=(2, 3, 4),
    n_head=(8, 16, 20),
    batch_size=1,
)
GPT_S_WIDE = SearchSpace(
    name="gpt_s_wide",
    embed_dim=(192, 384, 768),
    n_layer=(3, 6, 12),
    mlp_ratio=(1, 2, 4),
    n_head=(4, 8, 12),
    batch_size=8,
)
GPT_M_WIDE = SearchSpace(
    name="gpt_m_wide",
    embed_dim=(256, 512, 1024),
    n_layer=(6, 12, 24),
    mlp_ratio=(1, 2, 4),
    n_head=(4, 8, 16),
    batch_size=4,
)
GPT_L_WIDE = SearchSpace(
    name="gpt_l_wide",
    embed_dim=(320, 640, 1280),
    n_layer=(9, 18, 36),
    mlp_ratio=(1, 2, 4),
    n_head=(5, 10, 20),
    batch_size=1,
)

SPACES: dict[str, SearchSpace] = {
    space.name: space for space in (GPT_S, GPT_M, GPT_L, GPT_S_WIDE, GPT_M_WIDE, GPT_L_WIDE)
}
"""Every space that ships, by name. The wide ones have closed-form metrics only: nobody measured them."""

MEASURED = ("gpt_s", "gpt_m", "gpt_l")
"""Names of the spaces that were measured: their tables ship."""


def get_space(name: str) -> SearchSpace:
    """The space of that name.

    >>> get_space("gpt_s").n_genes
    27
    """
    if not isinstance(name, str) or name not in SPACES:
        raise unknown("space", name, SPACES)
    return SPACES[name]
