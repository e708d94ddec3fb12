"""The optimizers of pymoo: units, operators, and what pymoo's algorithms lack."""

import sys
from collections.abc import Callable

import numpy as np
import pytest

from hwbench_mo import InputError, simulate
from optimizers import AGEMOEA2, MOEAD, SPEA2
from tests.support.optimizers import OPTIMIZERS, PROBLEMS, PYMOO, each_of
from tests.support.spaces import SMALL

of_pymoo = each_of(sorted(PYMOO))


@of_pymoo
def test_units_of_objectives_change_nothing(name: str) -> None:
    """Powers of two keep every bit; without units of its own pymoo takes a range below 1e-6 for none."""
    problem = PROBLEMS["gpt_s"]()

    def proposed(scale: float) -> bytes:
        optimizer = OPTIMIZERS[name](problem, seed=0)
        codes = []
        for _ in range(50):
            codes.append(optimizer.ask(8))
            optimizer.tell(codes[-1], problem.evaluate(codes[-1]) * scale)
        return np.concatenate(codes).tobytes()

    assert proposed(2.0**-30) == proposed(1.0) == proposed(2.0**40)


def test_spea2_knows_distances_where_an_objective_is_constant() -> None:
    """pymoo divides by its range, which is 0, and then all distances are none."""
    problem = PROBLEMS["gpt_m, 3 objectives"]()
    optimizer = SPEA2(problem, seed=0, pop_size=8)
    for _ in range(5):
        codes = optimizer.ask(8)
        optimizer.tell(codes, problem.evaluate(codes) * np.array([1.0, 1.0, 0.0]))
        assert np.isfinite(optimizer._algorithm.pop.get("SPEA_D")).all()


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
        for _ in range(8):
            codes.append(optimizer.ask(8))
            optimizer.tell(codes[-1], problem.evaluate(codes[-1]))
            between()
        return np.concatenate(codes).tobytes()

    def run_others() -> None:
        simulate(other, OPTIMIZERS[name](other, seed=1), budget=20)
        simulate(problem, OPTIMIZERS[name](problem, seed=2), budget=20)

    assert proposed(run_others) == proposed(lambda: None)


@each_of(sorted(PYMOO - {"moead"}))
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
