"""A problem in Ax's terms: the same values, choices, directions, constraints and reference point."""

import doctest
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hwbench_mo import Problem
from hwbench_mo.adapters import frameworks, to_ax
from hwbench_mo.pareto import nondominated
from tests.support.problems_of_adapters import PROBLEMS, every_problem, expected, proposals

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # importing Ax takes four seconds


def client_of(ours: Any) -> Any:
    """Ax's client, configured as the documentation has it."""
    pytest.importorskip("ax", reason="Ax is not installed", exc_type=ImportError)
    from ax.api.client import Client

    client = Client(random_seed=0)
    client.configure_experiment(parameters=ours.parameters)
    bounds = ours.outcome_constraints + ours.objective_thresholds
    client.configure_optimization(objective=ours.objective, outcome_constraints=bounds)
    return client


@every_problem
def test_ax(problem: Callable[[], Problem]) -> None:
    pytest.importorskip("ax", reason="Ax is not installed", exc_type=ImportError)
    ours = problem()
    theirs = to_ax(ours)
    codes = proposals(ours, 5)
    client = client_of(theirs)
    for code, values in zip(codes, expected(ours, codes), strict=True):
        trial = client.attach_trial(parameters=theirs.params(code))
        answers = theirs.evaluate(theirs.params(code))
        client.complete_trial(trial, raw_data=answers)
        assert [answers[name] for name in theirs.metric_names] == (values * ours.signs).tolist()
        violations = [answers[name] for name in theirs.violation_names]
        assert (max(violations, default=0) <= 0) == ours.feasible(ours.space.repair(code[None]))[0]
    (first,) = ours.space.decode(ours.pareto_front().codes[:1])
    params = theirs.params(ours.pareto_front().codes[0])
    assert (params["embed_dim"], params["bias"], params["n_head[0]"]) == (first.embed_dim, first.bias, first.n_head[0])
    assert ours.space.decode(theirs.codes(params)) == [first]

    found = client._experiment.search_space.parameters.values()
    choices = [getattr(one, "values", None) or [one.value] for one in found]
    assert [len(one) for one in choices] == ours.space.n_choices.tolist()
    assert all(list(one) == sorted(one) for one in choices)
    config = client._experiment.optimization_config
    directions = [-1 if one.minimize else 1 for one in config.objective.objectives]
    assert directions == (-ours.signs).tolist()
    bounds = {one.metric.name: one.bound for one in config.objective_thresholds}
    assert [bounds[name] for name in theirs.metric_names] == pytest.approx((ours.reference_point * ours.signs).tolist())
    assert [one.bound for one in config.outcome_constraints] == [0.0] * len(ours.constraints)


def test_its_frontier_is_that_of_the_feasible_trials_within_the_reference_point() -> None:
    pytest.importorskip("ax", reason="Ax is not installed", exc_type=ImportError)
    ours = PROBLEMS["constrained"]()
    theirs = to_ax(ours)
    client = client_of(theirs)
    codes = ours.space.repair(proposals(ours, 60))
    for code in codes:
        client.complete_trial(client.attach_trial(theirs.params(code)), raw_data=theirs.evaluate(theirs.params(code)))
    client.configure_generation_strategy(method="random_search")  # the frontier asks for one, and a model takes long
    client.get_next_trials(max_trials=1)
    rows = client.get_pareto_frontier(use_model_predictions=False)
    found = np.unique(np.array([[answer[name][0] for name in theirs.metric_names] for _, answer, _, _ in rows]), axis=0)
    kept = ours.evaluate(codes[ours.feasible(codes)])
    kept = kept[(kept < ours.reference_point).all(axis=1)]
    assert 0 < len(kept) < len(codes)
    front = np.unique(kept[nondominated(kept)], axis=0)
    assert found == pytest.approx(front, rel=1e-12)


def test_the_docstrings_example_runs() -> None:
    pytest.importorskip("ax", reason="Ax is not installed", exc_type=ImportError)
    text = (frameworks.to_ax.__doc__ or "").replace("# doctest: +SKIP", "")
    example = doctest.DocTestParser().get_doctest(text, {"to_ax": to_ax}, "to_ax", None, 0)
    assert doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example) == (0, 4)
