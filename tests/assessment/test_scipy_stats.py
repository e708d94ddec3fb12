"""Statistics without SciPy: one line says what to install, and whatever needs none goes on."""

import sys

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.assessment.pairs import mann_whitney, vargha_delaney
from tests.support.comparisons import comparison_of


def test_without_scipy_an_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    values = np.arange(5.0)
    with pytest.raises(hb.InputError, match=r"need scipy: pip install -c constraints.txt -e '.\[statistics\]'"):
        mann_whitney(values, values + 0.5)
    assert vargha_delaney(values, values + 0.5) > 0.5
    assert len(hb.regret_table([comparison_of({"x": [0.1, 0.2]})])) == 1
