"""Optimizers that handle constraints find feasible architectures, and docs/optimizers.md says which these are."""

import re

import numpy as np
import pytest

from hwbench_mo import Problem, make_problem, regret_curve, simulate
from hwbench_mo.simulation import HearsViolations
from tests.support.optimizers import BOTORCH, MODEL_BASED, OPTIMIZERS, each_of, every_optimizer, quicken
from tests.support.spaces import ROOT, SMALL, codes_of, random_benchmark

HANDLING = sorted({"nsga2", "nsga3", "sms_emoa", "spea2", "age_moea2", "motpe", *BOTORCH})


@pytest.fixture(scope="module")
def problem() -> Problem:
    """Limits that one of twelve random architectures keeps."""
    return make_problem(
        "gpt_s", ["perplexity", "latency@a100"], constraints={"latency@rtx3080": 17.0, "memory_bfloat16": 250.0}
    )


@every_optimizer
def test_the_table_says_whether_an_optimizer_handles_constraints(name: str, problem: Problem) -> None:
    optimizer = OPTIMIZERS[name](problem, seed=0)
    assert isinstance(optimizer, HearsViolations) == (name in HANDLING)
    (row,) = re.findall(rf"^\| `{name}` \|.*$", (ROOT / "docs" / "optimizers.md").read_text(), flags=re.MULTILINE)
    header = (ROOT / "docs" / "optimizers.md").read_text().split("| name |")[1].split("\n")[0]
    column = [cell.strip() for cell in f"| name |{header}".split("|")].index("constraints")
    assert row.split("|")[column].strip() == ("yes" if name in HANDLING else "no")


@each_of(HANDLING)
def test_the_search_turns_to_feasible_architectures(
    name: str, problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name in BOTORCH:
        quicken(monkeypatch)
    budget = 30 if name in MODEL_BASED else 120
    run = simulate(problem, OPTIMIZERS[name](problem, seed=0), budget=budget)
    later = run.feasible[budget // 2 :].mean()
    unaware = simulate(
        make_problem("gpt_s", ["perplexity", "latency@a100"]), OPTIMIZERS[name](problem, seed=0), budget=30
    )
    assert len(unaware) == 30  # without violations, as on a problem that has none
    random = problem.feasible(problem.space.sample(2000, np.random.default_rng(0))).mean()
    assert later > 2 * random, f"{later:.2f} of the second half are feasible, {random:.2f} of random architectures"


@every_optimizer
def test_runs_where_nothing_random_is_feasible(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name in BOTORCH:
        quicken(monkeypatch)
    benchmark = random_benchmark(SMALL, 0)
    least = benchmark.predict(np.array(codes_of(SMALL)), "params").median.min()
    hard = make_problem(benchmark, ["perplexity", "latency@a100"], constraints={"params": float(least)})
    run = simulate(hard, OPTIMIZERS[name](hard, seed=0), budget=9 if name in MODEL_BASED else 24)
    assert len(run)
    assert np.isfinite(regret_curve(hard, run)).all()
