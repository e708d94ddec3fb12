"""Random search: uniform draws, and evaluations that count as one."""

import numpy as np
import pytest

from hwbench_mo import InputError
from optimizers import RandomSearch
from tests.support.optimizers import PROBLEMS


def test_random_search_says_how_many_evaluations_count_as_one() -> None:
    assert RandomSearch(PROBLEMS["gpt_s"](), seed=0).multiple == 1
    assert RandomSearch(PROBLEMS["gpt_s"](), seed=0, multiple=4).multiple == 4
    with pytest.raises(InputError, match="multiple is 0, but must be at least 1"):
        RandomSearch(PROBLEMS["gpt_s"](), seed=0, multiple=0)


def test_random_search_is_uniform_choice_by_choice() -> None:
    problem = PROBLEMS["gpt_s"]()
    codes = RandomSearch(problem, seed=0).ask(5000)
    assert np.bincount(codes[:, 1]) / 5000 == pytest.approx(1 / 3, abs=0.03)
