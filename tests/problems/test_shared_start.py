"""The same first architectures for every optimizer, whose later draws are its own."""

import numpy as np
import pytest

from hwbench_mo import InputError, make_problem, simulate
from hwbench_mo.problems.shared_start import N_SHARED, with_shared_start
from hwbench_mo.testing.problems import TINY
from optimizers import NSGA2, SMSEMOA, LocalSearch, RandomSearch
from tests.support.optimizers import OPTIMIZERS, every_optimizer
from tests.support.tables import random_table

OBJECTIVES = ["perplexity", "latency@a100"]
OF_THEIR_LIBRARY = {"morea", "moasha", "motpe"}
"""These draw their first architectures elsewhere."""


@every_optimizer
def test_optimizers_begin_with_them(name: str) -> None:
    problem = make_problem("gpt_s", OBJECTIVES)
    started, start = with_shared_start(problem, seed=3)
    optimizer = OPTIMIZERS[name](started, seed=0)
    run = simulate(problem, optimizer, budget=6)
    if name in OF_THEIR_LIBRARY:
        assert start.n_drawn == 0
    else:
        shared = {code.tobytes() for code in start.codes}
        n_first = 1 if name == "local_search" else 6
        assert all(code.tobytes() in shared for code in run.codes[:n_first])
        assert start.n_drawn >= n_first


def test_they_are_the_same_for_a_seed_and_others_for_another() -> None:
    problem = make_problem("gpt_s", OBJECTIVES)
    firsts = []
    for seed in (0, 0, 1):
        for make in (RandomSearch, NSGA2, SMSEMOA):
            started, _ = with_shared_start(problem, seed=seed)
            firsts.append(np.unique(simulate(problem, make(started, seed=5), budget=N_SHARED).codes, axis=0))
    assert all((one == firsts[0]).all() for one in firsts[:6])
    assert not (firsts[6] == firsts[0]).all()


def test_what_follows_is_the_optimizers_own() -> None:
    problem = make_problem("gpt_s", OBJECTIVES)
    later = []
    for seed in (0, 1):
        started, _ = with_shared_start(problem, seed=7)
        later.append(simulate(problem, RandomSearch(started, seed=seed), budget=150).codes)
    assert (later[0][:N_SHARED] == later[1][:N_SHARED]).all()
    assert not (later[0][N_SHARED:] == later[1][N_SHARED:]).all(axis=1).any()


def test_the_problem_is_otherwise_what_it_was() -> None:
    problem = make_problem("gpt_s", OBJECTIVES)
    before = problem.space.sample(5, np.random.default_rng(0))
    started, _ = with_shared_start(problem, seed=0)
    assert isinstance(started, type(problem))
    assert isinstance(started.space, type(problem.space))
    assert started.space.facts == problem.space.facts
    assert (started.nadir == problem.nadir).all()
    assert (problem.space.sample(5, np.random.default_rng(0)) == before).all()


@pytest.mark.parametrize("make", [RandomSearch, LocalSearch])
def test_small_spaces_and_tables(make: type[RandomSearch]) -> None:
    for problem in (make_problem(TINY, ["params", "macs"]), make_problem(random_table(), OBJECTIVES)):
        started, start = with_shared_start(problem, seed=0)
        run = simulate(problem, make(started, seed=0), budget=20)
        assert len(run) == min(20, problem.space.size)
        assert len(start.codes) == min(N_SHARED, len(np.unique(start.codes, axis=0)))


def test_a_wrong_seed_is_refused() -> None:
    with pytest.raises(InputError, match="seed is -1"):
        with_shared_start(make_problem("gpt_s", OBJECTIVES), seed=-1)
