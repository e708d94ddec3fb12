"""The authors' repository itself: ``HWBENCH_MO_UPSTREAM=clone pytest -m slow tests/measurements``; it takes minutes."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo.fitting import fit_space
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.measurements.upstream.importer import import_upstream
from hwbench_mo.spaces import get_space
from hwbench_mo.targets import QUALITY
from tests.support.spaces import MEASUREMENTS

UPSTREAM = os.environ.get("HWBENCH_MO_UPSTREAM")
FITTED = ("perplexity", "accuracy", "latency@xeon_gold")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(UPSTREAM is None, reason="HWBENCH_MO_UPSTREAM does not name a clone of automl/HW-GPT-Bench"),
    pytest.mark.skipif(not MEASUREMENTS.is_dir(), reason=f"no measurements at {MEASUREMENTS}"),
]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("imported") / "measurements"
    found = {one.space: one for one in import_upstream(Path(UPSTREAM or ""), out)}
    assert found.keys() == {"gpt_s", "gpt_m", "gpt_l"}
    assert {one.written for one in found.values()} == {10_000}
    assert {one.left_out for one in found.values()} == {0}
    assert [found[name].trials for name in ("gpt_s", "gpt_m", "gpt_l")] == [0, 17, 0]
    return out


def same_rows(imported: Path, name: str) -> tuple[Measurements, Measurements]:
    """The measurements, and the imported rows of the same architectures; the other rows are kept aside."""
    known = read_measurements(MEASUREMENTS, get_space(name))
    everything = read_measurements(imported, get_space(name))
    return known, everything.take(np.isin(everything.campaign_index, known.campaign_index))


@pytest.mark.parametrize("name", ["gpt_s", "gpt_m", "gpt_l"])
def test_every_cell_is_that_of_the_measurements(imported: Path, name: str) -> None:
    known, found = same_rows(imported, name)
    np.testing.assert_array_equal(found.campaign_index, known.campaign_index)
    np.testing.assert_array_equal(found.codes, known.codes)
    assert found.readings.keys() == known.readings.keys()
    for target, readings in known.readings.items():
        np.testing.assert_array_equal(found.readings[target], readings, err_msg=target)
    pytest.importorskip("torch")
    np.testing.assert_allclose(found.perplexity_mlp, known.perplexity_mlp, rtol=1e-4)


@pytest.mark.parametrize("name", ["gpt_s", "gpt_m", "gpt_l"])
def test_fits_of_the_same_rows_are_the_same(imported: Path, name: str) -> None:
    pytest.importorskip("torch")
    known, found = (
        replace(one, readings={target: one.readings[target] for target in FITTED}) for one in same_rows(imported, name)
    )
    fits = fit_space(known).models, fit_space(found).models
    for target in FITTED:
        # Another machine may round predictions of perplexity differently, and these are the prior of quality.
        tolerance = 1e-6 if target in QUALITY else 0
        for part in ("base", "mlp", "head"):
            one, other = (getattr(models[target], part) for models in fits)
            np.testing.assert_allclose(one, other, rtol=0, atol=tolerance, err_msg=f"{target} {part}")
