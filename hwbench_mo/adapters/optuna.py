"""A space in Optuna's terms: a categorical distribution a gene."""

from optuna.distributions import CategoricalDistribution

from hwbench_mo.spaces import Space


def distributions(space: Space) -> dict[str, CategoricalDistribution]:
    """The distribution of each gene, by name, in the order of a code. Categories have no order.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64, 128), n_layer=(1,), mlp_ratio=(2, 3, 4), n_head=(1,))
    >>> {name: distribution.choices for name, distribution in distributions(space).items()}
    {'gene 0': (0, 1), 'gene 1': (0,), 'gene 2': (0, 1), 'gene 3': (0, 1, 2), 'gene 4': (0,)}
    """
    return {f"gene {gene}": CategoricalDistribution(range(n)) for gene, n in enumerate(space.n_choices.tolist())}
