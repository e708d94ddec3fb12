"""Campaigns of one space in one folder."""

from pathlib import Path

import numpy as np
import pytest

from hwbench_mo.errors import InputError, OutputExistsError
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.measurements.merge import add_measurements, merge
from hwbench_mo.spaces import SearchSpace

SPACE = SearchSpace(name="merged", embed_dim=(8, 16), n_layer=(1, 2), mlp_ratio=(1, 2), n_head=(1, 2), vocabulary=300)


def campaign(target: str, n: int, repeats: int, seed: int) -> Measurements:
    rng = np.random.default_rng(seed)
    readings = {target: 1 + rng.random((n, repeats))}
    protocols = {"mine": {"batch": 1}} if "@" in target else {"architectures": {"step": 3}}
    return Measurements(SPACE, np.arange(n), SPACE.sample(n, rng), readings, np.full(n, np.nan), protocols=protocols)


def test_rows_of_both_are_kept(tmp_path: Path) -> None:
    one, other = campaign("perplexity", 5, 1, 0), campaign("latency@mine", 3, 4, 1)
    add_measurements(one, tmp_path)
    add_measurements(other, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["merged"]
    found = read_measurements(tmp_path, SPACE)
    assert found.campaign_index.tolist() == [0, 1, 2, 3, 4, 2500, 2501, 2502]
    assert found.protocols == {"architectures": {"step": 3}, "mine": {"batch": 1}}
    for part, target in ((one, "perplexity"), (other, "latency@mine")):
        own = found.only([target])
        assert (own.codes == part.codes).all()
        np.testing.assert_allclose(own.readings[target], part.readings[target], rtol=1e-6)
    with pytest.raises(OutputExistsError, match="latency@mine of merged was measured in both campaigns"):
        add_measurements(other, tmp_path)


def test_other_spaces_do_not_mix() -> None:
    other = SearchSpace(name="merged", embed_dim=(8, 24), n_layer=(1, 2), mlp_ratio=(1, 2), n_head=(1, 2))
    two = campaign("latency@mine", 3, 4, 1)
    changed = Measurements(other, two.campaign_index, two.codes, two.readings, two.perplexity_mlp)
    with pytest.raises(InputError, match="'merged' and 'merged', or of other choices"):
        merge(campaign("perplexity", 5, 1, 0), changed)
