"""Local search: neighbours of an archive that keeps one of equal points."""

import numpy as np

from optimizers import LocalSearch
from tests.support.optimizers import PROBLEMS


def test_local_search_proposes_neighbours_of_its_archive() -> None:
    problem = PROBLEMS["gpt_s"]()
    optimizer = LocalSearch(problem, seed=0)
    start = optimizer.ask(1)
    optimizer.tell(start, problem.evaluate(start))
    for proposal in optimizer.ask(20):
        shared = problem.space.active_genes(start)[0] & problem.space.active_genes(proposal[None])[0]
        assert (proposal != start[0])[shared].sum() == 1


def test_local_search_keeps_one_of_equal_points() -> None:
    """The published filter dropped both, and with them the place in the space."""
    problem = PROBLEMS["gpt_s"]()
    optimizer = LocalSearch(problem, seed=0)
    codes = optimizer.ask(2)
    optimizer.tell(codes, np.ones((2, 2)))
    assert optimizer._archive.values.tolist() == [[1.0, 1.0]]
