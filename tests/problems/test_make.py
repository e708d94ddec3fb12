"""Problems by names of objectives, and those that are refused."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from hwbench_mo import Benchmark, InputError, make_problem
from tests.support.spaces import SMALL, codes_of, random_benchmark


@pytest.mark.parametrize(
    ("objectives", "message"),
    [
        (["perplexty"], "unknown objective 'perplexty'; valid, nearest first: perplexity,"),
        (["latency"], "objective 'latency' needs a device, such as latency@a100"),
        (["latency@"], "needs a device"),
        (["latency@a10"], "unknown device in 'latency@a10': 'a10'; valid, nearest first: a100"),
        (["perplexity@a100"], "objective 'perplexity@a100' takes no device; write 'perplexity'"),
        (["params", "params"], r"objectives\[1\] is 'params', which is there already"),
        ([], "objectives are empty"),
        ("perplexity", "must be a list of names"),
        ([3], "an objective is 3, but must be a name"),
    ],
)
def test_wrong_objectives_are_refused(objectives: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_problem("gpt_s", objectives)


def test_wrong_problems_are_refused() -> None:
    with pytest.raises(InputError, match="'gpt_l_wide' has no 'perplexity'"):
        make_problem("gpt_l_wide", ["perplexity", "params"])
    with pytest.raises(InputError, match="unknown noise 'smaple'; valid, nearest first: sample"):
        make_problem("gpt_s", ["perplexity"], noise="smaple")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="space 'small' has no 'perplexity'"):
        make_problem(SMALL, ["perplexity"])
    assert make_problem(SMALL, ["params", "macs"]).evaluate(codes_of(SMALL)).shape == (888, 2)
    assert Benchmark(SMALL).targets == ("params", "macs", "flops")


@pytest.mark.parametrize("settings", [{}, {"constraints": {"params": 7e6}}, {"noise": "sample", "seed": 3}])
def test_problems_are_copied_and_pickled(settings: dict[str, Any]) -> None:
    """Checkpoints of pymoo hold their problem, and joblib sends it to other processes."""
    problem = make_problem(random_benchmark(SMALL, 0), ["perplexity", "latency@a100"], **settings)
    codes = problem.space.sample(20, np.random.default_rng(0))
    for other in (copy.deepcopy(problem), pickle.loads(pickle.dumps(problem))):
        assert (other.evaluate(codes) == problem.evaluate(codes)).all()
        assert (other.violations(codes) == problem.violations(codes)).all()
        assert (other.name, other.constraints) == (problem.name, problem.constraints)
        assert (other.pareto_front().values == problem.pareto_front().values).all()
