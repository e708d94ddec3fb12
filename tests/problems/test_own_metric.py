"""A metric of one's own in a problem: simulated, saved, loaded, known again, and compared."""

import json
from pathlib import Path

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.own_metrics import DECLARED
from hwbench_mo.problems import problem_of
from hwbench_mo.typing import Codes, Values
from tests.support.metrics import heads, metric


class Sampler:
    def __init__(self, problem: hb.Problem) -> None:
        self.problem, self.rng = problem, np.random.default_rng(0)

    def ask(self, n: int) -> Codes:
        return self.problem.space.sample(n, self.rng)

    def tell(self, codes: Codes, values: Values) -> None:
        pass


def made(**settings: float) -> hb.Problem:
    limits = {"heads": 8.0}
    return hb.make_problem(
        "gpt_s",
        ["perplexity", "lumpy"],
        constraints=limits,
        metrics=[metric("lumpy", **settings), metric("heads")],  # type: ignore[arg-type]
    )


def test_a_run_is_data_and_its_problem_is_known_again(tmp_path: Path) -> None:
    problem = made()
    run = hb.simulate(problem, Sampler(problem), budget=12, config=hb.Run(name="mine", seed=0).config)
    path = run.save(f"{tmp_path}/")
    DECLARED.clear()  # as in a process that never saw the function
    loaded = hb.Trajectory.load(path)
    assert (loaded.values == run.values).all()
    assert (loaded.violations == run.violations).all()
    assert json.loads(json.dumps(loaded.provenance["metrics"])) == {
        one.name: one.facts for one in (metric("heads"), metric("lumpy"))
    }
    with pytest.raises(
        hb.InputError, match="names 'heads', a metric of one's own, and files hold no functions: give it"
    ):
        problem_of(loaded.provenance, loaded.objectives)
    mine = [metric("heads"), metric("lumpy")]
    again = problem_of(loaded.provenance, loaded.objectives, metrics=mine)
    assert (again.pareto_front().values == problem.pareto_front().values).all()
    (compared,) = hb.compare([loaded], metrics=mine)
    assert compared.groups[0].label == "mine"
    left_out: list[str] = []
    assert not hb.compare([loaded], left_out=left_out)
    assert "files hold no functions" in left_out[0]
    other = hb.Metric(name="heads", function=lambda counts: heads(counts) + 1, unit="u")
    with pytest.raises(
        hb.InputError, match=r"'heads', a metric of one's own, whose sha256 was .*…, but is .*…; run it"
    ):
        problem_of(loaded.provenance, loaded.objectives, metrics=[other, mine[1]])


def test_its_cost_is_counted() -> None:
    free, paid = made(), made(cost=7.0)
    runs = [hb.simulate(problem, Sampler(problem), budget=5) for problem in (free, paid)]
    np.testing.assert_allclose(np.diff(runs[1].finish_times, prepend=0) - np.diff(runs[0].finish_times, prepend=0), 7.0)
    codes = free.space.sample(3, np.random.default_rng(1))
    cost, together = hb.CostModel(), hb.CostModel(decoupled=True)
    measured = cost.seconds(free, codes)
    np.testing.assert_allclose(cost.seconds_by_objective(paid, codes), np.stack([measured, np.full(3, 7.0)], axis=1))
    np.testing.assert_allclose(together.seconds(paid, codes), np.maximum(measured, 7.0))
    alone = hb.make_problem("gpt_s", ["lumpy"], metrics=[metric("lumpy", cost=7.0)])
    assert cost.seconds(alone, codes).tolist() == [7.0] * 3  # nothing is set up
    assert cost.seconds(alone, codes, repeats=10, done=5).tolist() == [0.0] * 3  # and nothing is computed again


def test_directions_are_shown_as_they_are() -> None:
    problem = hb.make_problem(
        "gpt_s", ["perplexity", "lumpy"], constraints={"lumpy": 300.0}, metrics=[metric("lumpy", maximise=True)]
    )
    front = problem.pareto_front()
    assert (front.values[:, 1] < 0).all()
    assert (front.to_frame()["lumpy"] >= 300).all()
    assert "lumpy >= 300" in repr(problem)
    assert " u)" in repr(front)


def test_noise_leaves_it_alone() -> None:
    problem = hb.make_problem("gpt_s", ["latency@a100", "heads"], metrics=[metric("heads")], noise="sample", repeats=3)
    codes = problem.space.sample(4, np.random.default_rng(0))
    assert (problem.evaluate(codes)[:, 1] == problem.evaluate(codes, noise="none")[:, 1]).all()
    assert (problem.evaluate(codes)[:, 0] != problem.evaluate(codes, noise="none")[:, 0]).all()
