"""Operators of genetic algorithms on codes."""

import numpy as np
import pytest

from hwbench_mo.adapters.pymoo import RandomReset, genetic_operators
from hwbench_mo.spaces import get_space


def test_mutation_changes_one_gene_on_average() -> None:
    """pymoo's own changes next to none of three choices (polynomial, eta 20), or a third of all (choice)."""
    space = get_space("gpt_s")
    codes = space.sample(4000, np.random.default_rng(0))
    mutated = RandomReset(space)._do(None, codes, random_state=np.random.default_rng(1))
    assert (mutated != codes).sum(axis=1).mean() == pytest.approx(1, abs=0.1)
    assert ((mutated >= 0) & (mutated < space.n_choices)).all()
    assert isinstance(genetic_operators(space)["mutation"], RandomReset)
