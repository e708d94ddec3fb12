"""Folders of measurements whose files are broken: the measurements that were written, others that obey every rule, or
one line."""

import shutil
import tempfile
from pathlib import Path

import numpy as np

from hwbench_mo.measurements import Measurements, fingerprint, read_measurements, write_measurements
from tests.support.hostile import flip_bit, spoil_bytes, spoil_table
from tests.support.spaces import SMALL
from tests.support.tables import some_rows
from tests.torture.outcome import Tally


def break_folders(n: int, seed: int) -> Tally:
    """``n`` folders, a third each with a flipped bit, with spoilt bytes, and with columns or rows of another kind."""
    tally = Tally("broken folders of measurements")
    rng = np.random.default_rng(seed)
    codes = some_rows(SMALL, 12, 0)
    readings = {name: rng.uniform(1, 2, (len(codes), 1)) for name in ("perplexity", "memory_float16")}
    readings |= {f"{metric}@a100": rng.uniform(1, 2, (len(codes), 3)) for metric in ("latency", "energy")}
    written = Measurements(SMALL, np.arange(len(codes)), codes, readings, np.full(len(codes), 20.0))

    def is_sound(found: Measurements, *, as_written: bool) -> bool:
        positive = all(bool((values[np.isfinite(values)] > 0).all()) for values in found.readings.values())
        same = np.array_equal(found.codes, codes) and all(
            np.array_equal(values, readings[name].astype(np.float32)) for name, values in found.readings.items()
        )
        return positive and (same or not as_written)

    with tempfile.TemporaryDirectory() as name:
        whole = Path(name) / "whole"
        write_measurements(written, whole)
        for i in range(n):
            copy = Path(shutil.copytree(whole, Path(name) / f"copy-{i}"))
            spoil = (flip_bit, spoil_bytes, spoil_table)[i % 3]
            spoil(copy / SMALL.name / f"{('architectures', 'a100')[rng.integers(2)]}.parquet", rng)
            tally.attack(
                spoil.__name__,
                lambda: (fingerprint(copy, SMALL), read_measurements(copy, SMALL))[1],  # noqa: B023
                lambda found: is_sound(found, as_written=spoil is flip_bit),  # noqa: B023
            )
            shutil.rmtree(copy)
    return tally
