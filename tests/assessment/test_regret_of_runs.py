"""Regret of a run is that of its noise-free values, whatever its optimizer observed."""

import warnings
from typing import Any

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo import InputError
from optimizers import RandomSearch

OBJECTIVES = ["perplexity", "latency@a100"]


def test_a_trajectory_is_judged_by_its_noise_free_values() -> None:
    problem = hb.make_problem("gpt_s", OBJECTIVES, noise="sample")
    run = hb.simulate(problem, RandomSearch(problem, seed=0), budget=300)
    assert not np.array_equal(run.values, run.centre)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        curve = hb.regret_curve(problem, run)
        grown = hb.hypervolume_curve(run, reference=problem.reference_point)
    assert (curve == hb.regret_curve(problem.noise_free, run.centre)).all()
    assert (curve >= 0).all()
    assert (grown == hb.hypervolume_curve(run.centre, reference=problem.reference_point)).all()
    with pytest.warns(UserWarning, match="pass the trajectory instead"):
        hb.regret_curve(problem, run.values)


def test_a_trajectory_of_other_objectives_is_refused() -> None:
    problem, other = hb.make_problem("gpt_s", OBJECTIVES), hb.make_problem("gpt_s", ["perplexity", "energy@a100"])
    run = hb.simulate(problem, RandomSearch(problem, seed=0), budget=5)
    with pytest.raises(InputError, match="the run is of perplexity, latency@a100, but the problem of gpt_s-perplexity"):
        hb.regret_curve(other, run)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((5, 1)), r"values have shape \(5, 1\), but gpt_s-perplexity-latency@a100 needs \[n, 2\]"),
        (np.ones(2), r"values have shape \(2,\)"),
        (np.ones((2, 2, 2)), r"values have shape \(2, 2, 2\)"),
        (np.ones((5, 2)) + 1j, "values have type complex128, but must be real numbers"),
        (np.ma.masked_array(np.ones((5, 2)), mask=True), "values are a masked array"),
        ([["a", "b"]], "values have type <U1, but must be real numbers"),
        ([[1.0, 2.0], [1.0]], "values have rows of unequal length"),
        ([[1.0, np.nan]], "must be finite"),
    ],
)
def test_values_of_another_form_are_refused(values: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        hb.regret_curve(hb.make_problem("gpt_s", OBJECTIVES), values)


def test_a_reference_that_is_a_matrix_is_refused() -> None:
    with pytest.raises(InputError, match=r"the reference point has shape \(2, 2\), but needs \[m\]"):
        hb.hypervolume(np.ones((3, 2)), reference=np.full((2, 2), 3.0))
    with pytest.raises(InputError, match="masked array"):
        hb.hypervolume(np.ma.masked_array(np.ones((3, 2)), mask=True), reference=np.full(2, 3.0))
