"""Comparisons: runs that differ in a setting are told apart, and copies of a run are one run."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo import InputError, Trajectory
from hwbench_mo.assessment import distinct
from hwbench_mo.assessment.tables import as_text
from optimizers import LocalSearch, RandomSearch

OBJECTIVES = ["perplexity", "latency@a100"]


def run_of(seed: int, *, identity: str | None = None, **settings: Any) -> Trajectory:
    problem = hb.make_problem("gpt_s", OBJECTIVES)
    config = {"optimizer": {"name": "random_search"}, "seed": seed, "budget": 30, **settings}
    run = hb.simulate(problem, RandomSearch(problem, seed=seed), budget=30, config=config)
    return replace(run, provenance={**run.provenance, "identity": identity}) if identity else run


def labels(runs: list[Trajectory]) -> dict[str, int]:
    (comparison,) = hb.compare(runs)
    return {group.label: len(group.runs) for group in comparison.groups}


def test_copies_of_a_run_are_one_run(tmp_path: Path) -> None:
    for seed in range(2):
        run_of(seed, identity=f"{seed:064x}").save(tmp_path / "a" / f"seed-{seed}.parquet")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    runs = hb.read_runs(tmp_path)
    assert len(runs) == 4
    assert len(distinct(runs)) == 2
    assert labels(runs) == {"random_search": 2}
    assert hb.regret_table(hb.compare(runs))["seeds"].tolist() == [2]


def test_copies_of_a_run_without_an_identity_are_one_run() -> None:
    assert labels([run_of(0), run_of(1), run_of(0)]) == {"random_search": 2}


def test_two_results_of_one_identity_are_an_error() -> None:
    runs = [run_of(0, identity="ab" * 32), run_of(1, identity="ab" * 32)]
    with pytest.raises(InputError, match=r"two different results claim to be the run abababababab…, random_search"):
        hb.compare(runs)


@pytest.mark.parametrize(
    ("setting", "label"),
    [
        ({"budget": 31}, "budget=31"),
        ({"cost": {"setup": 3.0}}, "cost.setup=3.0"),
        ({"optimizer": {"name": "random_search", "depth": 2}}, "depth=2"),
        ({"whatever": {"one": {"likes": [1, 2]}}}, r"whatever.one.likes=[1, 2]"),
    ],
)
def test_runs_that_differ_in_any_setting_are_two_groups(setting: dict[str, Any], label: str) -> None:
    found = labels([run_of(0), run_of(1, **setting)])
    assert sorted(found.values()) == [1, 1]
    assert f"random_search ({label})" in found


def test_synchronous_and_asynchronous_runs_are_two_groups() -> None:
    problem = hb.make_problem("gpt_s", OBJECTIVES)
    runs = [
        hb.simulate(problem, LocalSearch(problem, seed=seed), budget=20, n_workers=3, synchronous=synchronous)
        for seed in range(2)
        for synchronous in (False, True)
    ]
    assert labels(runs) == {"unnamed (synchronous=False)": 2, "unnamed (synchronous=True)": 2}


def test_seeds_of_optimizer_and_noise_are_no_settings() -> None:
    assert labels([run_of(seed, problem={"seed": seed, "noise": "none"}) for seed in range(3)]) == {"random_search": 3}


def test_tables_say_what_the_optimizers_observed() -> None:
    problem = hb.make_problem("gpt_s", OBJECTIVES, noise="sample", repeats=3)
    runs = [hb.simulate(problem, RandomSearch(problem, seed=seed), budget=40) for seed in range(2)]
    (comparison,) = hb.compare(runs)
    assert comparison.noise == "means of 3 noisy measurements"
    text = as_text(hb.regret_table([comparison]))
    assert "(0 is the exact front; optimizers observed means of 3 noisy measurements)" in text
    assert "optimism: how much lower the regret is by the noisy values that the optimizer observed" in text
    assert "observed" not in as_text(hb.regret_table(hb.compare([run_of(0)])))


def test_a_configuration_of_any_form_is_compared() -> None:
    configs: list[dict[str, Any]] = [{}, {"optimizer": "mine"}, {"optimizer": {"multiple": "x"}}]
    runs = [replace(run_of(0), config=config) for config in configs]
    (comparison,) = hb.compare(runs)
    assert all(np.isfinite(group.regrets).all() for group in comparison.groups)
