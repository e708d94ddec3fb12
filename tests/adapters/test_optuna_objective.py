"""The benchmark package in OptunaHub's form, loaded as OptunaHub loads it."""

import pytest

import hwbench_mo as hb
from tests.support.spaces import ROOT

optunahub = pytest.importorskip("optunahub", reason="optunahub is not installed")
optuna = pytest.importorskip("optuna", reason="Optuna is not installed")


@pytest.mark.filterwarnings("ignore")
def test_the_package_of_optunahub_answers_as_the_problem_does() -> None:
    module = optunahub.load_local_module("hwbench_mo", registry_root=str(ROOT / "docs" / "optunahub"))
    problem = module.Problem("gpt_s", ["accuracy", "latency@a100"])
    ours = hb.make_problem("gpt_s", ["accuracy", "latency@a100"])
    study = optuna.create_study(directions=problem.directions, sampler=optuna.samplers.RandomSampler(seed=0))
    params, values = problem.pareto_front()
    study.enqueue_trial(params[0])
    study.optimize(problem, n_trials=3)
    assert study.trials[0].values == values[0]
    assert [one.name for one in problem.directions] == ["MAXIMIZE", "MINIMIZE"]
    assert problem.evaluate_constraints(params[0]) == {}
    objective = hb.adapters.to_optuna(ours)
    for trial in study.trials:
        assert trial.values == list(objective.evaluate(trial.params))
