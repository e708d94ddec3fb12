"""Problems in other libraries' terms: the same values, bounds, directions, constraints, fronts and hypervolume."""

import pickle
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo import InputError, Problem
from hwbench_mo.adapters import to_ax, to_botorch, to_nevergrad, to_optuna, to_pymoo, to_syne_tune
from tests.support.problems_of_adapters import PROBLEMS, every_problem, expected, proposals


@every_problem
def test_pymoo(problem: Callable[[], Problem]) -> None:
    pytest.importorskip("pymoo", reason="pymoo is not installed")
    from pymoo.indicators.hv import HV

    ours = problem()
    theirs = to_pymoo(ours)
    codes = proposals(ours)
    F = theirs.evaluate(codes.astype(float), return_values_of=["F"])
    assert (expected(ours, codes) == F).all()
    restored = pickle.loads(pickle.dumps(theirs))  # pymoo's checkpoints hold their problem
    assert (restored.evaluate(codes, return_values_of=["F"]) == F).all()
    assert theirs.n_var == ours.space.n_genes
    assert (theirs.xl == 0).all()
    assert (theirs.xu == ours.space.n_choices - 1).all()
    front = ours.pareto_front()
    assert (theirs.pareto_front() == front.values).all()
    assert (theirs.pareto_set() == front.codes).all()
    assert (theirs.ideal_point() == ours.ideal).all()
    assert (theirs.nadir_point() == ours.nadir).all()
    exact = hb.hypervolume(front.values, reference=ours.reference_point)
    assert HV(ref_point=ours.reference_point)(theirs.pareto_front()) == pytest.approx(exact, rel=1e-12)
    if ours.constraints:
        G = theirs.evaluate(codes, return_values_of=["G"])
        assert ((G <= 0).all(axis=1) == ours.feasible(codes)).all()
        assert theirs.n_ieq_constr == 2
    else:
        assert not theirs.has_constraints()


@every_problem
def test_botorch(problem: Callable[[], Problem]) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    pytest.importorskip("botorch", reason="BoTorch is not installed")
    from botorch.utils.multi_objective.hypervolume import Hypervolume

    ours = problem()
    codes = proposals(ours)
    noise_free = torch.tensor(expected(ours, codes, noise="none"))
    for sign in (1, -1):
        theirs = to_botorch(ours, negate=sign < 0)
        X = theirs.inputs(codes)
        assert torch.equal(theirs.evaluate_true(X), noise_free)
        assert torch.equal(theirs(X, noise=False), sign * noise_free)
        assert torch.equal(theirs(X), sign * torch.tensor(expected(ours, codes)))
        assert theirs(X.reshape(4, 5, -1)).shape == (4, 5, len(ours.objectives))
        assert torch.equal(theirs.ref_point, sign * torch.tensor(ours.reference_point))
        assert theirs.discrete_inds == list(range(theirs.dim))
        assert (theirs.bounds[1] + 1).tolist() == [k for k in ours.space.n_choices if k > 1]
        front = theirs.gen_pareto_front(10**6)
        assert torch.equal(front, sign * torch.tensor(ours.pareto_front().values))
        assert len(theirs.gen_pareto_front(2)) == min(2, len(front))
    volume = Hypervolume(theirs.ref_point).compute(front)  # the negated problem's: BoTorch maximises
    assert theirs.max_hv == pytest.approx(volume, rel=1e-9)
    if ours.constraints:
        assert theirs.is_feasible(X).tolist() == ours.feasible(codes).tolist()
        assert theirs.num_constraints == 2


@every_problem
@pytest.mark.filterwarnings("ignore:.* is experimental")
def test_optuna(problem: Callable[[], Problem]) -> None:
    optuna = pytest.importorskip("optuna", reason="Optuna is not installed")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    ours = problem()
    objective = to_optuna(ours)
    assert [direction == "maximize" for direction in objective.directions] == (ours.signs < 0).tolist()
    study = optuna.create_study(directions=objective.directions, sampler=optuna.samplers.RandomSampler(seed=0))
    study.set_metric_names(objective.metric_names)
    (first,) = ours.space.decode(ours.pareto_front().codes[:1])
    params = objective.params(ours.pareto_front().codes[0])
    assert (params["embed_dim"], params["n_head[0]"]) == (first.embed_dim, first.n_head[0])
    study.enqueue_trial(params)
    study.optimize(objective, n_trials=12)
    codes = np.concatenate([objective.codes(trial.params) for trial in study.trials])
    assert ours.space.decode(codes[:1]) == [first]
    assert (codes == ours.space.canonical(codes)).all()
    values = np.array([trial.values for trial in study.trials]) * ours.signs
    assert (values == ours.evaluate(codes)).all()
    if ours.noise == "none":
        assert first in ours.space.decode(np.concatenate([objective.codes(one.params) for one in study.best_trials]))
    if ours.constraints:
        kept = ours.feasible(codes)
        assert not kept.all()
        assert [all(one <= 0 for one in trial.constraints.values()) for trial in study.trials] == kept.tolist()
        assert [max(objective.constraints_func(trial)) <= 0 for trial in study.trials] == kept.tolist()
        assert list(study.trials[0].constraints) == list(ours.constraints)


@pytest.mark.filterwarnings("ignore")
def test_optunas_samplers_know_constraints_of_trials_and_those_of_a_function() -> None:
    optuna = pytest.importorskip("optuna", reason="Optuna is not installed")
    ours = PROBLEMS["constrained"]()
    objective = to_optuna(ours)
    found = []
    for settings in ({}, {"constraints_func": objective.constraints_func}):
        sampler = optuna.samplers.NSGAIISampler(seed=0, population_size=10, **settings)
        study = optuna.create_study(directions=objective.directions, sampler=sampler)
        study.optimize(objective, n_trials=30)
        found.append([trial.params for trial in study.trials])
        assert study.best_trials
        assert ours.feasible(np.concatenate([objective.codes(trial.params) for trial in study.best_trials])).all()
    assert found[0] == found[1]


@every_problem
@pytest.mark.filterwarnings("ignore")
def test_syne_tune(problem: Callable[[], Problem]) -> None:
    pytest.importorskip("syne_tune", reason="Syne Tune is not installed")
    pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")
    from hwbench_mo.adapters.syne_tune import config_of

    ours = problem()
    if ours.constraints:
        with pytest.raises(InputError, match="has constraints, accuracy, latency@a100, which Syne Tune cannot take"):
            to_syne_tune(ours)
        return
    blackbox = to_syne_tune(ours)
    assert blackbox.objectives_names == [*ours.objectives, "elapsed_time"]
    cost = hb.CostModel()
    for code in proposals(ours, 3):
        codes = ours.space.repair(code[None])
        rows = blackbox(config_of(code))
        assert rows.shape == (10, len(ours.objectives) + 1)
        for repeats in (1, 3, 10):
            assert (rows[repeats - 1, :-1] == ours.evaluate(codes, repeats=repeats)[0]).all()
            assert rows[repeats - 1, -1] == pytest.approx(cost.seconds(ours, codes, repeats=repeats)[0], rel=1e-12)
            assert blackbox(config_of(code), repeats) == dict(
                zip(blackbox.objectives_names, rows[repeats - 1].tolist(), strict=True)
            )
        other = blackbox(config_of(code), 1, seed=99)[ours.objectives[-1]]
        assert (other != rows[0, -2]) == (ours.noise == "sample")


def test_genes_that_are_no_choices_are_refused_in_a_line() -> None:
    pytest.importorskip("pymoo", reason="pymoo is not installed")
    theirs = to_pymoo(PROBLEMS["2 objectives"]())
    codes = proposals(theirs.problem).astype(float)
    for value, said in ((0.5, "0.5"), (2.0, "2.0"), (-1.0, "-1.0"), (np.nan, "nan")):
        codes[1, 0] = value
        with pytest.raises(
            InputError, match=rf"X\[1, 0\] is {said}, but must be an integer from 0 to 1: use integer operators"
        ):
            theirs.evaluate(codes)
    with pytest.raises(InputError, match=r"X has shape \(2, 3\), but 'small' needs \[n, 9\]"):
        theirs._evaluate(np.zeros((2, 3)), {})


@pytest.mark.parametrize(
    ("adapter", "library"),
    [
        (to_ax, "ax_problem"),
        (to_botorch, "botorch_problem"),
        (to_nevergrad, "nevergrad_objective"),
        (to_optuna, "optuna_objective"),
        (to_pymoo, "pymoo_problem"),
    ],
)
def test_a_missing_library_is_said_in_a_line(adapter: Any, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = library.partition("_")[0]
    for module in [one for one in sys.modules if one.partition(".")[0] == name]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, f"hwbench_mo.adapters.{library}", raising=False)
    with pytest.raises(InputError, match=f"this needs {name}.*, which is not installed: pip install"):
        adapter(PROBLEMS["2 objectives"]())
