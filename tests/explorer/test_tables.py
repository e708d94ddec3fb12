from dataclasses import replace

import numpy as np

import hwbench_mo as hb
from hwbench_mo.explorer.tables import tables_of
from tests.support.explorer import unpacked


def test_tables_are_those_of_the_benchmark() -> None:
    bench = hb.load_benchmark("gpt_s")
    tables = tables_of(bench)
    arrays = unpacked(tables["arrays"])
    for name in bench.targets:
        model, facts = bench.model(name), tables["targets"][name]
        for part, table in model.parts.items():
            assert (np.broadcast_to(arrays[f"{name}/{part}"], table.shape) == table).all()
        if name in bench.errors:
            for part, table in bench.errors[name].parts.items():
                found = facts["error_step"] * arrays[f"{name}/error_{part}"]
                np.testing.assert_allclose(np.broadcast_to(found, table.shape), table, rtol=1e-12)


def test_devices_of_ones_own_are_named_as_they_are() -> None:
    bench = hb.load_benchmark("gpt_s")
    models = {**bench.models, "latency@mine": bench.models["latency@a100"]}
    device = tables_of(replace(bench, models=models))["devices"]["mine"]
    assert (device["label"], device["kind"]) == ("mine", "")
