"""What the pictures of the surrogates show."""

from dataclasses import replace

import numpy as np
import pytest

from hwbench_mo.benchmark import Benchmark
from hwbench_mo.measurements import Measurements
from hwbench_mo.spaces.coding import EMBED_DIM, N_LAYER
from hwbench_mo.validation.surrogate_pictures import layer_costs, slice_codes, surrogate_pictures
from tests.support.measured import TOY, random_models


def test_layer_costs_are_what_a_layer_adds() -> None:
    model = random_models(TOY)["latency@a100"]
    bench = Benchmark(TOY, {"latency@a100": model})
    costs = layer_costs(bench, "latency@a100")
    assert costs.shape == (2, 2, 2, 3)
    shallow, deep = np.zeros((2, 1, TOY.n_genes), dtype=np.int64)
    deep[:, N_LAYER] = 1
    for codes, n in ((shallow, 3), (deep, 4)):
        codes[:, EMBED_DIM] = 1
        codes[:, TOY.mlp_genes.start : TOY.mlp_genes.start + n] = 1
        codes[:, TOY.head_genes.start : TOY.head_genes.start + n] = 2
    added = [bench.predict(codes, "latency@a100").median[0] for codes in (shallow, deep)]
    assert costs[1, 0, 1, 2] == pytest.approx(added[1] - added[0])


def test_a_slice_goes_from_none_to_all() -> None:
    line = slice_codes(TOY)
    assert TOY.counts(line)[0][:, -1].tolist() == [0, 1, 2, 3, 4]
    assert (TOY.canonical(line) == line).all()


def test_devices_are_those_that_were_measured(measured: Measurements) -> None:
    names = {"latency@mine": "latency@a100", "energy@yours": "energy@epyc_7513"}
    models = random_models(TOY)
    bench = Benchmark(TOY, {mine: models[theirs] for mine, theirs in names.items()})
    own = replace(measured, readings={mine: measured.readings[theirs] for mine, theirs in names.items()})
    bands, layers, drift = (figure for _, _, figure in surrogate_pictures(bench, own))
    assert [axes.get_title() for axes in bands.axes] == ["latency@mine (ms)", "energy@yours (Wh)"]
    ticks = [[tick.get_text() for tick in axes.get_xticklabels()] for axes in layers.axes[:2]]
    assert ticks == [["mine"], ["yours"]]
    assert [axes.get_title().split()[0] for axes in drift.axes] == ["latency@mine", "energy@yours", "after:", "after:"]
    assert list(surrogate_pictures(Benchmark(TOY), replace(measured, readings={}))) == []
