"""The benchmark package in OptunaHub's form: loaded as OptunaHub loads it, and as its registry wants it."""

from pathlib import Path
from typing import Any

import pytest

import hwbench_mo as hb
from tests.support.spaces import ROOT

optunahub = pytest.importorskip("optunahub", reason="optunahub is not installed")
optuna = pytest.importorskip("optuna", reason="Optuna is not installed")

REGISTRY = ROOT / "docs" / "optunahub"
LIMITS = {"latency@a100": 20.0}


def test_the_package_of_optunahub_answers_as_the_problem_does() -> None:
    module = optunahub.load_local_module("hwbench_mo", registry_root=str(REGISTRY))
    problem = module.Problem("gpt_s", ["accuracy", "latency@a100"], constraints=LIMITS)
    ours = hb.make_problem("gpt_s", ["accuracy", "latency@a100"], constraints=LIMITS)
    study = optuna.create_study(directions=problem.directions, sampler=optuna.samplers.RandomSampler(seed=0))
    params, values = problem.pareto_front()
    study.enqueue_trial(params[0])
    study.optimize(problem, n_trials=6)
    assert study.trials[0].values == values[0]
    assert [one.name for one in problem.directions] == ["MAXIMIZE", "MINIMIZE"]
    objective = hb.adapters.to_optuna(ours)
    for trial in study.trials:
        assert trial.values == list(objective.evaluate(trial.params))
        assert trial.constraints == problem.evaluate_constraints(trial.params) == objective.violations(trial.params)
    kept = [trial.values[1] <= LIMITS["latency@a100"] for trial in study.trials]
    assert kept == [all(one <= 0 for one in trial.constraints.values()) for trial in study.trials]
    assert not all(kept)
    assert all(trial.values[1] <= LIMITS["latency@a100"] for trial in study.best_trials)


def test_without_constraints_the_package_sets_none() -> None:
    module = optunahub.load_local_module("hwbench_mo", registry_root=str(REGISTRY))
    problem = module.Problem()
    assert problem.metric_names == ["perplexity", "latency@a100"]
    assert problem.evaluate_constraints(problem.pareto_front()[0][0]) == {}


@pytest.mark.slow
def test_the_example_of_the_package_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def load_module(package: str) -> Any:
        return optunahub.load_local_module(package.removeprefix("benchmarks/"), registry_root=str(REGISTRY))

    monkeypatch.setattr(optunahub, "load_module", load_module)
    exec(compile((REGISTRY / "hwbench_mo" / "example.py").read_text(), "example.py", "exec"), {})
    assert "on the exact front" in capsys.readouterr().out


def test_the_package_has_what_the_registry_wants() -> None:
    """Its check of front matter, and its contributors' agreement, which wants the MIT License."""
    package = REGISTRY / "hwbench_mo"
    assert {path.name for path in package.iterdir() if path.is_file()} == {
        "LICENSE", "README.md", "__init__.py", "example.py"
    }  # fmt: skip
    assert (package / "LICENSE").read_text().startswith("MIT License")
    fields = _front_matter(package / "README.md")
    assert list(fields) == ["author", "title", "description", "tags", "optuna_versions", "license"]
    assert all(fields.values())
    assert fields["license"] == "MIT License"
    assert "benchmark" in fields["tags"]


def _front_matter(path: Path) -> dict[str, str]:
    _, matter, _ = path.read_text().split("---\n", 2)
    return dict(line.split(": ", 1) for line in matter.splitlines())
