"""A space in Optuna's terms: a categorical distribution a gene."""

from optuna.distributions import CategoricalDistribution

from hwbench_mo.spaces import Space


def distributions(space: Space) -> dict[str, CategoricalDistribution]:
    """The distribution of each gene, by name; choices have no order."""
    return {f"gene {gene}": CategoricalDistribution(range(n)) for gene, n in enumerate(space.n_choices.tolist())}
