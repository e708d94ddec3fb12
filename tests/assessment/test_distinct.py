"""Runs, each once, and what they are known by."""

from dataclasses import replace

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo import InputError
from hwbench_mo.assessment.distinct import distinct, distinct_with_identity, identity_of
from optimizers import RandomSearch


def test_a_run_is_known_by_its_identity_or_its_result() -> None:
    problem = hb.make_problem("gpt_s", ["perplexity", "params"])
    nameless = hb.simulate(problem, RandomSearch(problem, seed=0), budget=5)
    named = replace(nameless, provenance={**nameless.provenance, "identity": "ab"})
    assert identity_of(named) == "ab"
    assert len(identity_of(nameless)) == 64
    without_codes = replace(nameless, codes=np.empty((5, 0), dtype=np.int64))
    assert identity_of(without_codes) == identity_of(nameless)
    found = list(distinct_with_identity([nameless, named, without_codes, named]))
    assert [identity for identity, _ in found] == [identity_of(nameless), "ab"]
    assert [identity_of(run) for run in distinct([named, named])] == ["ab"]
    with pytest.raises(InputError, match="two different results claim to be the run ab"):
        distinct([named, replace(named, config={"seed": 1})])
