"""One conformance suite for all optimizers: a new one adds one line to `OPTIMIZERS`."""

import random
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from hwbench_mo import InputError, Optimizer, Problem, SearchSpace, make_problem, regret_curve, simulate
from hwbench_mo.typing import Codes
from optimizers import NSGA2, LocalSearch, RandomSearch
from optimizers._history import History
from tests.helpers import SMALL, codes_of, random_benchmark
from tests.test_tabular import random_table

OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "random_search": RandomSearch,
    "local_search": LocalSearch,
    "nsga2": partial(NSGA2, pop_size=8),
}
TINY = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1,), bias=(True,))
PROBLEMS: dict[str, Callable[[], Problem]] = {
    "gpt_s": lambda: make_problem("gpt_s", ["perplexity", "latency@a100"]),
    "gpt_m, 3 objectives": lambda: make_problem("gpt_m", ["accuracy", "latency@xeon_gold", "energy@h100"]),
    "gpt_l, 1 objective": lambda: make_problem("gpt_l", ["perplexity"]),
    "gpt_s_wide": lambda: make_problem("gpt_s_wide", ["params", "flops"]),
    "noisy": lambda: make_problem("gpt_s", ["perplexity", "energy@v100"], noise="sample", seed=1),
    "small": lambda: make_problem(random_benchmark(SMALL, 0), ["perplexity", "latency@a100"]),
    "tiny": lambda: make_problem(TINY, ["params", "macs"]),
    "table": lambda: make_problem(random_table(), ["perplexity", "latency@a100"]),
    "noisy table": lambda: make_problem(random_table(), ["accuracy", "energy@a100"], noise="sample"),
}

every_optimizer = pytest.mark.parametrize("name", list(OPTIMIZERS))
every_problem = pytest.mark.parametrize("problem_name", list(PROBLEMS))


@every_optimizer
@every_problem
def test_asks_for_new_canonical_codes_of_the_space(name: str, problem_name: str) -> None:
    problem = PROBLEMS[problem_name]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    assert isinstance(optimizer, Optimizer)
    seen: list[Codes] = []
    for n in (1, 3, 20, 2, 20, 1):
        codes = optimizer.ask(n)
        assert codes.dtype == np.int64
        assert len(codes) <= n
        assert (problem.space.canonical(codes) == codes).all()
        seen.append(codes)
        optimizer.tell(codes, problem.evaluate(codes))
    together = np.concatenate(seen)
    assert len(together) > 0
    if name != "nsga2":  # its definition eliminates duplicates within a population, not over history
        assert len(np.unique(together, axis=0)) == len(together)


@every_optimizer
@every_problem
def test_the_same_seed_gives_the_same_run(name: str, problem_name: str) -> None:
    problem = PROBLEMS[problem_name]()

    def run(seed: int) -> bytes:
        trajectory = simulate(problem, OPTIMIZERS[name](problem, seed=seed), budget=40, n_workers=3)
        return trajectory.codes.tobytes() + trajectory.values.tobytes() + trajectory.finish_times.tobytes()

    first = run(0)
    other = run(1)
    np.random.seed(123)  # noqa: NPY002
    random.seed(123)
    assert run(0) == first
    if problem.space.size > 1000:
        assert other != first


@every_optimizer
def test_global_generators_are_left_alone(name: str) -> None:
    np.random.seed(7)  # noqa: NPY002
    random.seed(7)
    before = np.random.get_state(), random.getstate()  # noqa: NPY002
    problem = PROBLEMS["gpt_s"]()
    simulate(problem, OPTIMIZERS[name](problem, seed=0), budget=40)
    after = np.random.get_state(), random.getstate()  # noqa: NPY002
    assert str(before) == str(after)


@every_optimizer
@pytest.mark.parametrize("scale", [0.0, 1e-300, 1e300])
def test_survives_equal_values_and_extreme_scales(name: str, scale: float) -> None:
    problem = PROBLEMS["gpt_s"]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    for _ in range(5):
        codes = optimizer.ask(8)
        values = problem.evaluate(codes) * scale
        values.setflags(write=False)
        codes.setflags(write=False)
        optimizer.tell(codes, values)
    assert len(optimizer.ask(8)) > 0


@every_optimizer
def test_results_may_come_in_any_order_and_late(name: str) -> None:
    problem = PROBLEMS["gpt_s"]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    rng = np.random.default_rng(0)
    waiting = problem.space.sample(0, rng)
    n_asked = 0
    for _ in range(30):
        codes = optimizer.ask(4)
        n_asked += len(codes)
        waiting = rng.permutation(np.concatenate([waiting, codes]))
        done, waiting = waiting[: len(waiting) // 2 + 1], waiting[len(waiting) // 2 + 1 :]
        optimizer.tell(done, problem.evaluate(done))
    assert n_asked > 40


@every_optimizer
def test_a_small_space_is_exhausted_without_an_endless_loop(name: str) -> None:
    problem = PROBLEMS["tiny"]()
    trajectory = simulate(problem, OPTIMIZERS[name](problem, seed=0), budget=500)
    assert TINY.size == 6
    assert len(np.unique(trajectory.codes, axis=0)) <= 6
    if name != "nsga2":
        assert sorted(map(tuple, trajectory.codes)) == sorted(map(tuple, codes_of(TINY)))


@pytest.mark.parametrize("name", ["local_search", "nsga2"])
def test_beats_random_search_at_1000_evaluations(name: str) -> None:
    problem = PROBLEMS["gpt_s"]()
    make = {"local_search": LocalSearch, "nsga2": NSGA2, "random_search": RandomSearch}

    def regret(which: str, seed: int) -> float:
        trajectory = simulate(problem, make[which](problem, seed=seed), budget=1000)
        return float(regret_curve(problem, trajectory.values)[-1])

    wins = sum(regret(name, seed) < regret("random_search", seed) for seed in range(5))
    assert wins >= 4


def test_random_search_is_uniform_choice_by_choice() -> None:
    problem = PROBLEMS["gpt_s"]()
    codes = RandomSearch(problem, seed=0).ask(5000)
    assert np.bincount(codes[:, 1]) / 5000 == pytest.approx(1 / 3, abs=0.03)


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


def test_nsga2_mutates_one_gene_on_average() -> None:
    from optimizers._pymoo import RandomReset

    space = PROBLEMS["gpt_s"]().space
    codes = space.sample(4000, np.random.default_rng(0))
    mutated = RandomReset(space)._do(None, codes, random_state=np.random.default_rng(1))
    assert (mutated != codes).sum(axis=1).mean() == pytest.approx(1, abs=0.1)
    assert ((mutated >= 0) & (mutated < space.n_choices)).all()


def test_nsga2_generations_hold_no_architecture_twice() -> None:
    """Neither within themselves nor with the population, although many genes of a small space mean nothing."""
    problem = PROBLEMS["small"]()
    optimizer = NSGA2(problem, seed=0, pop_size=50)
    first = optimizer.ask(50)
    optimizer.tell(first, problem.evaluate(first))
    second = optimizer.ask(50)
    together = np.concatenate([first, second])
    assert len(together) > 80
    assert len(np.unique(together, axis=0)) == len(together)
    assert len(set(problem.space.decode(together))) == len(together)


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(InputError, match="pop_size is 1, but NSGA-II needs at least 2"):
        NSGA2(PROBLEMS["gpt_s"](), seed=0, pop_size=1)


def test_history_knows_what_was_seen() -> None:
    history = History()
    codes = codes_of(TINY)
    assert (history.add_new(np.concatenate([codes, codes])) == codes).all()
    assert len(history) == len(codes)
