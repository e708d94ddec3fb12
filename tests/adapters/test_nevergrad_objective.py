"""A problem in Nevergrad's terms: the same values, choices, constraints, front and hypervolume."""

from collections.abc import Callable

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo import Problem
from hwbench_mo.adapters import to_nevergrad
from tests.support.problems_of_adapters import PROBLEMS, every_problem, expected, proposals

ng = pytest.importorskip("nevergrad", reason="Nevergrad is not installed")

pytestmark = pytest.mark.filterwarnings("ignore")  # its constraints divide infinities


@every_problem
def test_nevergrad(problem: Callable[[], Problem]) -> None:
    ours = problem()
    theirs = to_nevergrad(ours)
    codes = proposals(ours, 5)
    for code, values in zip(codes, expected(ours, codes), strict=True):
        assert (theirs(theirs.params(code)) == values).all()
        kept = ours.feasible(ours.space.repair(code[None]))[0]
        assert theirs.feasible(theirs.params(code)) == kept
        assert (max((one(theirs.params(code)) for one in theirs.constraint_violation), default=0) <= 0) == kept
    assert len(theirs.constraint_violation) == len(ours.constraints)
    (first,) = ours.space.decode(ours.pareto_front().codes[:1])
    params = theirs.params(ours.pareto_front().codes[0])
    assert params["mlp_ratio"][: first.n_layer] == first.mlp_ratio
    assert params["n_head"][: first.n_layer] == first.n_head
    assert (params["embed_dim"], params["n_layer"], params["bias"]) == (first.embed_dim, first.n_layer, first.bias)
    assert ours.space.decode(theirs.codes(params)) == [first]
    widths = []
    for name, slots in (("embed_dim", 1), ("n_layer", 1), ("bias", 1), ("mlp_ratio", None), ("n_head", None)):
        widths += [len(theirs.parametrization[name])] * (slots or ours.space.n_slots)
    assert widths == ours.space.n_choices.tolist()


def test_its_front_is_the_exact_one_of_what_it_was_told() -> None:
    ours = PROBLEMS["2 objectives"]()
    theirs = to_nevergrad(ours)
    optimizer = ng.optimizers.RandomSearch(
        parametrization=theirs.parametrization, budget=len(ours.pareto_front().values) + 20
    )
    front = ours.pareto_front()
    for code in front.codes:
        optimizer.suggest(theirs.params(code))
    optimizer.minimize(theirs)
    found = np.array([candidate.losses for candidate in optimizer.pareto_front()])
    assert len(np.unique(found, axis=0)) == len(front.values)
    exact = hb.hypervolume(front.values, reference=ours.reference_point)
    assert hb.hypervolume(found, reference=ours.reference_point) == pytest.approx(exact, rel=1e-12)


def test_it_recommends_what_keeps_the_constraints() -> None:
    limits = PROBLEMS["constrained"]().constraints
    ours = hb.make_problem(PROBLEMS["constrained"]().benchmark, ["perplexity"], constraints=limits)
    theirs = to_nevergrad(ours)
    recommended = {}
    for name, functions in (("without", None), ("with", theirs.constraint_violation)):
        theirs.parametrization.random_state = np.random.RandomState(0)
        optimizer = ng.optimizers.RandomSearch(parametrization=theirs.parametrization, budget=30)
        recommended[name] = optimizer.minimize(theirs, constraint_violation=functions).value
    assert not theirs.feasible(recommended["without"])
    assert theirs.feasible(recommended["with"])


def test_its_front_of_several_objectives_does_not_know_constraints() -> None:
    """What docs/frameworks.md warns of. If this fails, Nevergrad has mended it: take the warning away."""
    theirs = to_nevergrad(PROBLEMS["constrained"]())
    theirs.parametrization.random_state = np.random.RandomState(0)
    optimizer = ng.optimizers.RandomSearch(parametrization=theirs.parametrization, budget=30)
    optimizer.minimize(theirs, constraint_violation=theirs.constraint_violation)
    assert not all(theirs.feasible(candidate.value) for candidate in optimizer.pareto_front())
