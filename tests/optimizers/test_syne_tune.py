"""The adapters of Syne Tune: ranks instead of an order, the scheduler's own proposals, repeats as a resource."""

import sys
from functools import partial
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError, Problem, SearchSpace, make_problem, simulate
from hwbench_mo.typing import Codes, Values
from optimizers import MOASHA, MOREA
from tests.support.discretised import DISCRETISED, every_discretised, first_repeat, proposed
from tests.support.spaces import SMALL, random_benchmark

pytest.importorskip("syne_tune", reason="Syne Tune is not installed")

from syne_tune.optimizer.schedulers.multiobjective import MultiObjectiveRegularizedEvolution
from syne_tune.optimizer.schedulers.multiobjective.multiobjective_priority import NonDominatedPriority

from optimizers.libraries.syne_tune.priorities import Ranks
from optimizers.libraries.syne_tune.proposals import Proposals
from optimizers.libraries.syne_tune.random_stream import seed_of


@pytest.fixture
def problem() -> Problem:
    return make_problem("gpt_s", ["perplexity", "latency@a100"])


def dominates(values: Values) -> Any:
    """``[n, n]``; whether the first is nowhere greater than the second and somewhere less."""
    return (values[:, None] <= values).all(axis=2) & (values[:, None] < values).any(axis=2)


def test_ranks_put_who_dominates_first_where_an_order_does_not() -> None:
    rng = np.random.default_rng(0)
    n_wrong = 0
    for n_objectives in (1, 2, 3):
        for _ in range(50):
            values = rng.integers(0, 9, size=(20, n_objectives)).astype(float)
            ranks = Ranks()(values)
            assert sorted(ranks) == list(range(20))
            first, second = np.nonzero(dominates(values))
            assert (ranks[first] < ranks[second]).all()
            order = NonDominatedPriority()(values)
            n_wrong += bool((order[first] >= order[second]).any())
    assert n_wrong > 140  # of 150: the defect is there


def test_within_a_front_the_farthest_comes_next() -> None:
    front = np.array([[0.0, 10.0], [1.0, 9.0], [10.0, 0.0], [5.0, 5.0]])
    assert Ranks()(front).tolist() == [0, 3, 1, 2]
    assert Ranks()(front * [1.0, 2.0**40]).tolist() == [0, 3, 1, 2]  # units change nothing


@pytest.mark.parametrize(("priority", "least", "most"), [("ranks", 0, 0), ("as_published", 5, 20)])
def test_the_first_of_moreas_population_is_not_dominated(
    priority: str, least: int, most: int, problem: Problem
) -> None:
    n_dominated = 0
    for seed in range(20):
        optimizer: Any = MOREA(problem, seed=seed, population_size=20, priority=priority)
        codes = optimizer.ask(20)
        optimizer.tell(codes, problem.evaluate(codes))
        population = list(optimizer._searcher.population)
        values = np.array([member.results for member in population])
        first = min(range(len(population)), key=lambda row: population[row].score)
        n_dominated += bool(dominates(values)[:, first].any())
    assert least <= n_dominated <= most


@pytest.mark.parametrize(("priority", "least", "most"), [("ranks", 0, 0), ("as_published", 30, 100)])
def test_moasha_does_not_stop_who_dominates_all(
    priority: str, least: int, most: int, problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optimizers.moasha.AHEAD", 1)  # no more trials than are asked for
    n_stopped = 0
    for seed in range(100):
        optimizer = MOASHA(problem, seed=seed, priority=priority)
        codes = optimizer.ask(9)
        values = np.random.default_rng(seed).random((9, 2)) + 1
        values[8] = 0.5
        optimizer.tell(codes, values)
        n_stopped += not any((code == codes[8]).all() for code in optimizer.ask(9))
    assert least <= n_stopped <= most


@every_discretised
def test_morea_proposes_what_syne_tune_does_until_it_repeats(problem_name: str) -> None:
    box: Any = DISCRETISED[problem_name]()
    for seed in (0, 1):
        ours = proposed(partial(MOREA, population_size=30), box, seed=seed, budget=200, at_once=1)
        config_space = Proposals(box.space, seed).config_space
        before = np.random.get_state()  # noqa: NPY002
        np.random.seed(seed_of(seed))  # noqa: NPY002
        searcher = MultiObjectiveRegularizedEvolution(
            config_space, population_size=30, multiobjective_priority=Ranks(), random_seed=seed_of(seed)
        )
        theirs: list[Codes] = []
        for trial in range(200):
            config = searcher.suggest()
            theirs.append(np.array([config[gene] for gene in config_space], dtype=np.int64))
            searcher.on_trial_complete(trial, config, box.evaluate(theirs[-1][None])[0].tolist())
        np.random.set_state(before)  # noqa: NPY002
        repeated = first_repeat(np.array(theirs))
        assert repeated > 40
        assert (ours[:repeated] == np.array(theirs)[:repeated]).all()
        assert len(np.unique(ours, axis=0)) == len(ours)


def test_moasha_measures_those_that_rank_well_more_often(problem: Problem) -> None:
    """With one in three going on: the first always does; of 1, 2, 3 the second is not among the first third."""
    optimizer = MOASHA(problem, seed=0)
    first, second = optimizer.ask(1), optimizer.ask(1)
    assert optimizer.repeats(np.concatenate([first, second])).tolist() == [1, 1]
    optimizer.tell(first, np.array([[1.0, 1.0]]))
    optimizer.tell(second, np.array([[2.0, 2.0]]))
    again = optimizer.ask(2)
    assert (again[0] == first[0]).all()
    assert optimizer.repeats(again).tolist() == [3, 1]
    for repeats in (9, 10):
        optimizer.tell(first, np.array([[1.0, 1.0]]))
        assert optimizer.repeats(optimizer.ask(1)).tolist() == [repeats]
    optimizer.tell(first, np.array([[1.0, 1.0]]))
    assert not (optimizer.ask(5) == first).all(axis=1).any()


def test_moasha_pays_for_the_repeats_that_it_takes() -> None:
    problem = make_problem("gpt_s", ["perplexity", "energy@v100"], noise="sample", seed=1)
    trajectory = simulate(problem, MOASHA(problem, seed=0), budget=120, n_workers=4)
    assert set(trajectory.repeats.tolist()) == {1, 3, 9, 10}
    counts = np.bincount(trajectory.repeats)
    assert counts[1] > counts[3] > counts[9] >= counts[10]
    for code in np.unique(trajectory.codes[trajectory.repeats == 10], axis=0):
        own = trajectory.repeats[(trajectory.codes == code).all(axis=1)]
        assert own.tolist() == [1, 3, 9, 10]
    always = make_problem("gpt_s", ["perplexity", "energy@v100"], noise="sample", seed=1, repeats=10)
    full = simulate(always, MOREA(always, seed=0), budget=120, n_workers=4)
    assert trajectory.finish_times[-1] < full.finish_times[-1] / 2


def test_morea_searches_a_small_space_to_its_end() -> None:
    problem = make_problem(random_benchmark(SMALL, 0), ["perplexity", "latency@a100"])
    trajectory = simulate(problem, MOREA(problem, seed=0, population_size=20), budget=1000)
    assert len(np.unique(trajectory.codes, axis=0)) == len(trajectory)
    assert len(trajectory) >= 0.95 * SMALL.size


def test_an_architecture_alone_is_proposed_once() -> None:
    single = SearchSpace(name="single", embed_dim=(64,), n_layer=(1,), mlp_ratio=(2,), n_head=(1,), bias=(True,))
    problem = make_problem(single, ["params"])
    assert len(simulate(problem, MOREA(problem, seed=0), budget=5)) == 1


@pytest.mark.parametrize("name", ["morea", "moasha"])
def test_names_what_to_install(name: str, problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "syne_tune", None)
    made: Any = {"morea": MOREA, "moasha": MOASHA}[name]
    with pytest.raises(
        InputError, match=rf"{name} needs Syne Tune, .*: pip install -c constraints.txt -e '.\[syne-tune\]'"
    ):
        made(problem, seed=0)


@pytest.mark.parametrize(
    ("made", "settings", "message"),
    [
        (MOREA, {"population_size": 0}, "population_size is 0, but must be at least 1"),
        (MOREA, {"priority": "rank"}, "unknown priority 'rank'; valid, nearest first: ranks, as_published"),
        (MOASHA, {"max_t": 11}, "max_t is 11, but a measurement is repeated at most 10 times"),
        (MOASHA, {"grace_period": 5, "max_t": 4}, "grace_period is 5, but must be at most max_t, 4"),
        (MOASHA, {"reduction_factor": 1}, "reduction_factor is 1, but must be at least 2"),
        (MOASHA, {"brackets": 4}, "brackets is 4, but 1 to 10 repeats have 3 rungs"),
        (MOASHA, {"priority": "published"}, "unknown priority 'published'"),
    ],
)
def test_wrong_settings_are_refused(made: Any, settings: dict[str, Any], message: str, problem: Problem) -> None:
    with pytest.raises(InputError, match=message):
        made(problem, seed=0, **settings)
