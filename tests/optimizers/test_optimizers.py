"""One conformance suite for all optimizers: a new one adds one line to `OPTIMIZERS`."""

import random
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError, Optimizer, regret_curve, simulate
from hwbench_mo.adapters.botorch import features
from hwbench_mo.simulation import Batched
from hwbench_mo.typing import Codes, Values
from optimizers import (
    AGEMOEA2,
    EHVI,
    LSBO,
    MOEAD,
    MOREA,
    MOTPE,
    NSGA2,
    NSGA3,
    RSBO,
    SMSEMOA,
    SPEA2,
    LocalSearch,
    QLogEHVI,
    RandomSearch,
)
from optimizers.libraries.botorch.model_based import ModelBased
from optimizers.libraries.botorch.observations import standardised
from optimizers.shared import KINDS, Described, History, isolated
from tests.support.optimizers import (
    BOTORCH,
    CAN_RETURN,
    MARKS,
    MODEL_BASED,
    OPTIMIZERS,
    PROBLEMS,
    PYMOO,
    TINY,
    every_optimizer,
    needs_numba,
    needs_optuna,
    needs_syne_tune,
)
from tests.support.spaces import SMALL, codes_of


def some(name: str, n: int, of_model_based: int = 12) -> int:
    """How many of ``n`` evaluations a test makes: a dozen of those that think long."""
    return min(n, of_model_based) if name in MODEL_BASED else n


of_pymoo = pytest.mark.parametrize("name", [pytest.param(name, marks=MARKS.get(name, [])) for name in sorted(PYMOO)])
of_botorch = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=MARKS.get(name, [])) for name in sorted(BOTORCH)]
)
every_problem = pytest.mark.parametrize("problem_name", list(PROBLEMS))


@pytest.fixture(autouse=True)
def quick_models(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gaussian processes are fitted for a few steps alone: what is tested here does not need good ones."""
    if getattr(request.node, "callspec", None) and request.node.callspec.params.get("name") in BOTORCH:
        with isolated():
            from optimizers.libraries.botorch import gaussian_process
        monkeypatch.setattr(gaussian_process, "MAX_ITERATIONS", 3)
        monkeypatch.setattr(ModelBased, "local_search_steps", 1)


@every_optimizer
@every_problem
def test_asks_for_new_canonical_codes_of_the_space(name: str, problem_name: str) -> None:
    problem = PROBLEMS[problem_name]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    assert isinstance(optimizer, Optimizer)
    seen: list[Codes] = []
    for n in (1, 3, 0, some(name, 20, 3), 2, some(name, 20, 2), 1):
        codes = optimizer.ask(n)
        assert codes.dtype == np.int64
        assert len(codes) <= n
        assert (problem.space.canonical(codes) == codes).all()
        seen.append(codes)
        optimizer.tell(codes, problem.evaluate(codes))
    together = np.concatenate(seen)
    assert len(together) > 0
    if name not in CAN_RETURN:
        assert len(np.unique(together, axis=0)) == len(together)


@every_optimizer
@every_problem
def test_the_same_seed_gives_the_same_run(name: str, problem_name: str) -> None:
    problem = PROBLEMS[problem_name]()

    def run(seed: int) -> bytes:
        trajectory = simulate(problem, OPTIMIZERS[name](problem, seed=seed), budget=some(name, 40, 8), n_workers=3)
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
    simulate(problem, OPTIMIZERS[name](problem, seed=0), budget=some(name, 40))
    after = np.random.get_state(), random.getstate()  # noqa: NPY002
    assert str(before) == str(after)


SCALES: dict[str, Callable[[Values], Values]] = {
    "all equal": lambda values: np.full_like(values, 3.0),
    "all zero": np.zeros_like,
    "one objective equal": lambda values: values * np.array([0.0, 1.0]),
    "tiny": lambda values: values * 1e-300,
    "huge": lambda values: values * 1e300,
    "one of each": lambda values: values * np.array([1e-300, 1e300]),
    "from tiny to huge": lambda values: 10.0 ** np.interp(values, (0, 60), (-300, 300)),
    "of both signs": lambda values: (values - values.mean(axis=0)) * 1e300,
}


@every_optimizer
@pytest.mark.parametrize("scale", list(SCALES))
def test_survives_equal_values_and_extreme_scales(name: str, scale: str) -> None:
    problem = PROBLEMS["gpt_s"]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    n_asked = 0
    size = some(name, 8, 2)
    for _ in range(some(name, 40, 7)):
        codes = optimizer.ask(size)
        n_asked += len(codes)
        values = SCALES[scale](problem.evaluate(codes)) if len(codes) else np.empty((0, 2))
        told = values.copy()
        values.setflags(write=False)
        codes.setflags(write=False)
        optimizer.tell(codes, values)
        assert (values == told).all()
    assert n_asked >= some(name, 40)
    assert len(optimizer.ask(size)) > 0


@every_optimizer
@pytest.mark.parametrize("problem_name", ["gpt_l, 1 objective", "gpt_m, 3 objectives"])
def test_survives_few_distinct_values_of_any_number_of_objectives(name: str, problem_name: str) -> None:
    problem = PROBLEMS[problem_name]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    size = some(name, 8, 3)
    for n_distinct in (1, 2, 3) * some(name, 15, 1):
        codes = optimizer.ask(size)
        optimizer.tell(codes, problem.evaluate(codes) * 0 + np.arange(len(codes))[:, None] % n_distinct)
    assert len(optimizer.ask(size)) > 0


def test_spea2_knows_distances_where_an_objective_is_constant() -> None:
    """pymoo divides by its range, which is 0, and then all distances are none."""
    problem = PROBLEMS["gpt_m, 3 objectives"]()
    optimizer = SPEA2(problem, seed=0, pop_size=8)
    for _ in range(5):
        codes = optimizer.ask(8)
        optimizer.tell(codes, problem.evaluate(codes) * np.array([1.0, 1.0, 0.0]))
        assert np.isfinite(optimizer._algorithm.pop.get("SPEA_D")).all()


@of_pymoo
def test_units_of_objectives_change_nothing(name: str) -> None:
    """Powers of two keep every bit; without units of its own pymoo takes a range below 1e-6 for none."""
    problem = PROBLEMS["gpt_s"]()

    def proposed(scale: float) -> bytes:
        optimizer = OPTIMIZERS[name](problem, seed=0)
        codes = []
        for _ in range(150):
            codes.append(optimizer.ask(8))
            optimizer.tell(codes[-1], problem.evaluate(codes[-1]) * scale)
        return np.concatenate(codes).tobytes()

    assert proposed(2.0**-30) == proposed(1.0) == proposed(2.0**40)


@every_optimizer
def test_told_in_any_grouping_it_proposes_the_same(name: str) -> None:
    problem = PROBLEMS["gpt_s"]()

    def proposed(n_told: int) -> bytes:
        optimizer = OPTIMIZERS[name](problem, seed=0)
        codes = []
        for _ in range(some(name, 20, 3)):
            codes.append(optimizer.ask(some(name, 8, 3)))
            values = problem.evaluate(codes[-1])
            for start in range(0, len(values), n_told):
                optimizer.tell(codes[-1][start : start + n_told], values[start : start + n_told])
        return np.concatenate(codes).tobytes()

    assert proposed(1) == proposed(3) == proposed(8)


@every_optimizer
def test_warnings_of_a_user_stay_as_they_were(name: str) -> None:
    """pymoo's NSGA-III and SPEA2 switch all of the process off."""
    problem = PROBLEMS["gpt_s"]()
    before = warnings.filters[:]
    simulate(problem, OPTIMIZERS[name](problem, seed=0), budget=some(name, 40))
    assert warnings.filters == before


@every_optimizer
def test_results_may_come_in_any_order_and_late(name: str) -> None:
    problem = PROBLEMS["gpt_s"]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    rng = np.random.default_rng(0)
    waiting = problem.space.sample(0, rng)
    n_asked = 0
    for _ in range(some(name, 60, 7)):
        codes = optimizer.ask(some(name, 4, 2))
        n_asked += len(codes)
        waiting = rng.permutation(np.concatenate([waiting, codes]))
        done, waiting = waiting[: len(waiting) // 2 + 1], waiting[len(waiting) // 2 + 1 :]
        optimizer.tell(done, problem.evaluate(done))
    assert n_asked > some(name, 40)


@every_optimizer
def test_a_small_space_is_exhausted_without_an_endless_loop(name: str) -> None:
    problem = PROBLEMS["tiny"]()
    trajectory = simulate(problem, OPTIMIZERS[name](problem, seed=0), budget=500)
    assert TINY.size == 6
    assert len(np.unique(trajectory.codes, axis=0)) <= 6
    if name not in CAN_RETURN:
        assert sorted(map(tuple, trajectory.codes)) == sorted(map(tuple, codes_of(TINY)))


def regrets(make: Callable[..., Optimizer], n_seeds: int, *, budget: int = 1000) -> list[float]:
    """Hypervolume regret at the end."""
    problem = PROBLEMS["gpt_s"]()
    runs = [simulate(problem, make(problem, seed=seed), budget=budget) for seed in range(n_seeds)]
    return [float(regret_curve(problem, run.values)[-1]) for run in runs]


def test_nsga2_ends_below_random_search_on_every_seed() -> None:
    """Measured: 0.046 to 0.077 against 0.083 to 0.099."""
    assert max(regrets(NSGA2, 20)) < min(regrets(RandomSearch, 20))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "wins", "budget"),
    [
        (LocalSearch, 17, 1000),  # measured: 18 of 20, median 0.073
        (NSGA3, 18, 1000),  # 19, 0.069
        (SMSEMOA, 20, 1000),  # 20, 0.062
        (SPEA2, 20, 1000),  # 20, 0.054
        (MOEAD, 20, 1000),  # 20, 0.046
        pytest.param(MOREA, 20, 1000, marks=needs_syne_tune),  # 20, 0.036
        pytest.param(AGEMOEA2, 20, 1000, marks=needs_numba),  # 20, 0.059
        pytest.param(MOTPE, 20, 300, marks=needs_optuna),  # 20, 0.069 (random search 0.107)
    ],
)
def test_ends_below_random_search(make: Callable[..., Optimizer], wins: int, budget: int) -> None:
    pairs = zip(regrets(make, 20, budget=budget), regrets(RandomSearch, 20, budget=budget), strict=True)
    assert sum(own < random for own, random in pairs) >= wins


def test_random_search_says_how_many_evaluations_count_as_one() -> None:
    assert RandomSearch(PROBLEMS["gpt_s"](), seed=0).multiple == 1
    assert RandomSearch(PROBLEMS["gpt_s"](), seed=0, multiple=4).multiple == 4
    with pytest.raises(InputError, match="multiple is 0, but must be at least 1"):
        RandomSearch(PROBLEMS["gpt_s"](), seed=0, multiple=0)


@every_optimizer
def test_declares_its_origin_and_batch_size(name: str) -> None:
    optimizer = OPTIMIZERS[name](PROBLEMS["gpt_s"](), seed=0)
    assert isinstance(optimizer, Described)
    assert optimizer.paper in " ".join((type(optimizer).__doc__ or "").split())
    assert optimizer.kind in KINDS
    assert optimizer.library is None or set(optimizer.library.versions()) == set(optimizer.library.distributions)
    assert isinstance(optimizer, Batched)
    assert optimizer.batch_size == (1000 if name == "random_search" else 8 if name in PYMOO else 1)


@every_optimizer
def test_after_the_first_batch_it_proposes_as_many_as_its_method_allows(name: str) -> None:
    """A generation of 8, or one child, or as many as it is asked for."""
    problem = PROBLEMS["gpt_s"]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    first = optimizer.ask(8)
    assert len(first) == (6 if name in BOTORCH else 8)
    optimizer.tell(first, problem.evaluate(first))
    n = 9 if name in BOTORCH else 100
    assert len(optimizer.ask(n)) == (1 if name in ("moead", "sms_emoa") else 8 if name in PYMOO else n)


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


def test_mutation_changes_one_gene_on_average() -> None:
    """pymoo's own changes next to none of three choices (polynomial, eta 20), or a third of all (choice)."""
    from hwbench_mo.adapters.pymoo import RandomReset, genetic_operators

    space = PROBLEMS["gpt_s"]().space
    codes = space.sample(4000, np.random.default_rng(0))
    mutated = RandomReset(space)._do(None, codes, random_state=np.random.default_rng(1))
    assert (mutated != codes).sum(axis=1).mean() == pytest.approx(1, abs=0.1)
    assert ((mutated >= 0) & (mutated < space.n_choices)).all()
    assert isinstance(genetic_operators(space)["mutation"], RandomReset)


@of_pymoo
def test_three_level_genes_of_children_change(name: str) -> None:
    """From a population that agrees in all genes but one, crossover alone makes few new codes."""
    problem = PROBLEMS["gpt_s"]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    first = optimizer.ask(8)
    optimizer.tell(first, problem.evaluate(first))
    n_new, n_children = 0, 0
    while n_children < 200:
        children = optimizer.ask(8)
        optimizer.tell(children, problem.evaluate(children))
        n_new += sum((child[3:] != seen[3:]).any() for child in children for seen in first[:1])
        n_children += len(children)
    assert n_new > 150
    assert optimizer._algorithm.mating.mutation.__class__.__name__ == "RandomReset"  # type: ignore[attr-defined]


@of_pymoo
def test_instances_of_a_method_do_not_influence_each_other(name: str) -> None:
    """pymoo's SPEA2 keeps the bounds of objectives in a survival that all instances share."""
    problem, other = PROBLEMS["gpt_s"](), PROBLEMS["gpt_m, 3 objectives"]()

    def proposed(between: Callable[[], object]) -> bytes:
        optimizer = OPTIMIZERS[name](problem, seed=0)
        codes = []
        for _ in range(20):
            codes.append(optimizer.ask(8))
            optimizer.tell(codes[-1], problem.evaluate(codes[-1]))
            between()
        return np.concatenate(codes).tobytes()

    def run_others() -> None:
        simulate(other, OPTIMIZERS[name](other, seed=1), budget=20)
        simulate(problem, OPTIMIZERS[name](problem, seed=2), budget=20)

    assert proposed(run_others) == proposed(lambda: None)


@pytest.mark.parametrize("name", [pytest.param(name, marks=MARKS.get(name, [])) for name in sorted(PYMOO - {"moead"})])
def test_children_are_none_of_the_population(name: str) -> None:
    """Nor each other, although many genes of a small space mean nothing."""
    problem = PROBLEMS["small"]()
    optimizer = OPTIMIZERS[name].func(problem, seed=0, pop_size=50)  # type: ignore[attr-defined]
    first = optimizer.ask(50)
    optimizer.tell(first, problem.evaluate(first))
    second = optimizer.ask(50)
    together = np.concatenate([first, second])
    assert len(together) > (80 if name != "sms_emoa" else len(first))
    assert len(np.unique(together, axis=0)) == len(together)
    assert len(set(problem.space.decode(together))) == len(together)


def test_moead_proposes_a_whole_small_space_once() -> None:
    problem = PROBLEMS["small"]()
    trajectory = simulate(problem, MOEAD(problem, seed=0, pop_size=20), budget=1000)
    assert len(np.unique(trajectory.codes, axis=0)) == len(trajectory)
    assert len(trajectory) >= 0.95 * SMALL.size


def test_moead_replaces_in_all_neighbourhoods_of_a_single_objective() -> None:
    """All directions are one; pymoo would take the same few members for everybody's neighbours."""
    problem = PROBLEMS["gpt_l, 1 objective"]()
    optimizer = MOEAD(problem, seed=0, pop_size=20, n_neighbors=5)
    assert optimizer._algorithm.neighbors[18].tolist() == [18, 19, 0, 1, 2]
    trajectory = simulate(problem, optimizer, budget=400)
    assert trajectory.values[-100:].mean() < trajectory.values[:20].min()


def test_age_moea2_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(
        InputError, match=r"age_moea2 needs numba, .*: pip install -c constraints.txt -e '.\[age-moea2\]'"
    ):
        AGEMOEA2(PROBLEMS["gpt_s"](), seed=0)


@pytest.mark.parametrize(
    ("make", "settings", "message"),
    [
        (NSGA2, {"pop_size": 1}, "pop_size is 1, but must be at least 2"),
        (NSGA3, {"pop_size": 1}, "pop_size is 1, but must be at least 2"),
        (NSGA3, {"pop_size": 2}, "pop_size is 2, but 3 objectives need at least 3"),
        (MOEAD, {"pop_size": 2}, "pop_size is 2, but 3 objectives need at least 3"),
        (MOEAD, {"n_neighbors": 1}, "n_neighbors is 1, but must be at least 2"),
        (SMSEMOA, {"n_offsprings": 0}, "n_offsprings is 0, but must be at least 1"),
        (SPEA2, {"pop_size": 2.5}, "pop_size is 2.5, but must be an integer"),
        (EHVI, {"n_initial": 0}, "n_initial is 0, but must be at least 1"),
        (QLogEHVI, {"n_candidates": 0}, "n_candidates is 0, but must be at least 1"),
        (RSBO, {"refit": -0.1}, "refit is -0.1, but must be a finite number of at least 0"),
        (LSBO, {"weights": [1, 1]}, r"weights is \[1, 1\], but must be 3 numbers, one an objective"),
        (LSBO, {"weights": [1, -1, 1]}, r"weights is \[1, -1, 1\], but must be 3 numbers, .* none negative"),
        (LSBO, {"weights": "abc"}, "weights is abc, but must be 3 numbers"),
        (AGEMOEA2, {"pop_size": 0}, "pop_size is 0, but must be at least 2"),
    ],
)
def test_wrong_settings_are_refused(make: Callable[..., Optimizer], settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make(PROBLEMS["gpt_m, 3 objectives"](), seed=0, **settings)


@of_botorch
def test_generators_and_threads_of_torch_are_left_alone(name: str) -> None:
    import torch

    problem = PROBLEMS["gpt_s"]()

    def run() -> bytes:
        return simulate(problem, OPTIMIZERS[name](problem, seed=0), budget=8).codes.tobytes()

    torch.random.manual_seed(7)
    before, n_threads = torch.random.get_rng_state(), torch.get_num_threads()
    first = run()
    assert bool((torch.random.get_rng_state() == before).all())
    assert torch.get_num_threads() == n_threads
    torch.random.manual_seed(8)
    assert run() == first


@of_botorch
def test_the_order_of_telling_changes_nothing(name: str) -> None:
    problem = PROBLEMS["gpt_s"]()

    def proposed(order: slice) -> bytes:
        optimizer = OPTIMIZERS[name](problem, seed=0)
        first = optimizer.ask(6)
        optimizer.tell(first[order], problem.evaluate(first[order]))
        return optimizer.ask(2).tobytes()

    assert proposed(slice(None)) == proposed(slice(None, None, -1))


@of_botorch
@pytest.mark.parametrize("problem_name", ["gpt_s", "gpt_m, 3 objectives", "gpt_l, 1 objective", "noisy"])
def test_numerics_of_models_do_not_fail(name: str, problem_name: str) -> None:
    """Where they do, a random architecture is proposed: a run goes on, and an error of ours would hide there."""
    problem = PROBLEMS[problem_name]()
    optimizer: Any = OPTIMIZERS[name](problem, seed=0)
    simulate(problem, optimizer, budget=10, n_workers=2)
    assert optimizer._surrogate.n_failed == 0


@of_botorch
def test_model_based_ones_name_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botorch", None)
    with pytest.raises(
        InputError, match=rf"{name} needs BoTorch, .*: pip install -c constraints.txt -e '.\[botorch\]'"
    ):
        OPTIMIZERS[name](PROBLEMS["gpt_s"](), seed=0)


def test_models_see_standardised_values_of_any_scale() -> None:
    values = np.random.default_rng(0).random((9, 2)) - 0.5
    own, worst = standardised(values * np.array([1e-300, 1e300]), None)
    assert own.mean(axis=0) == pytest.approx(0)
    assert own.std(axis=0) == pytest.approx(1)
    assert (worst < own).all()


def test_features_of_architectures() -> None:
    space = PROBLEMS["gpt_s"]().space
    found = features(space, space.sample(99, np.random.default_rng(0)))
    assert found.shape == (99, 3 + 3 + 3 + 2)
    assert found[:, 3:6].sum(axis=1) == pytest.approx(found[:, 6:9].sum(axis=1))


def test_history_knows_what_was_seen() -> None:
    history = History()
    codes = codes_of(TINY)
    assert (history.add_new(np.concatenate([codes, codes])) == codes).all()
    assert len(history) == len(codes)
