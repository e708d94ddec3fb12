"""How well tables of a few dozen architectures are known: of simulated devices, whose tables are known.

    python -m studies.few_rows
    python -m studies.few_rows MEASUREMENTS

Writes nothing. Each row is a kind of campaign on gpt_s, over several seeds: relative errors of latency for random
architectures and for corners, where all layers take one choice, and how large errors are beside their standard errors.

With a folder of measurements, tables are fitted to 96 rows of it, drawn at random: what they differ by from the tables
that ship, which were fitted to ten thousand, and the median error of either on all other rows.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo import load_benchmark
from hwbench_mo.fitting.few import fit_few
from hwbench_mo.fitting.fitted import answers, with_distribution
from hwbench_mo.measurements import read_measurements
from hwbench_mo.spaces import get_space
from hwbench_mo.spaces.catalogue import MEASURED
from tests.support.device import SimulatedDevice, corners

OF_A_GROUP = 16
"""Rows of each embed_dim and bias that are drawn."""
CAMPAIGNS: dict[str, dict[str, Any]] = {
    "calm": {},
    "drift of 4 %": {"slow": lambda t: 0.04 * (t - 0.5)},
    "drift, throttling, outliers": {
        "slow": lambda t: 0.04 * (t - 0.5),
        "throttled": (30, 44, 1.25),
        "outliers": (10, 70),
    },
    "waves, 20 a group": {"slow": lambda t: 0.02 * np.sin(6 * t), "n_group": 20},
    "noise of 2 %": {"noise": 0.02},
}


def of_simulated(n_seeds: int) -> None:
    """Print a row for each campaign and set of architectures."""
    space = get_space("gpt_s")
    sets = {"random": space.sample(500, np.random.default_rng(3)), "corners": corners(space)}
    print(f"{'campaign':28}{'set':9}{'median':>8}{'worst':>8}{'error / standard error':>24}")
    for name, settings in CAMPAIGNS.items():
        found: dict[str, list[tuple[Any, Any]]] = {which: [] for which in sets}
        for seed in range(n_seeds):
            device = SimulatedDevice(space, seed=seed, **settings)
            fitted = fit_few(device.measure("mine", energy=False), "latency@mine")
            model = with_distribution(fitted.model, fitted.distribution)
            for which, codes in sets.items():
                truth = answers(space, device.models["latency"], codes)
                off = answers(space, model, codes) - truth
                found[which].append((off / truth, off / fitted.error.standard_error(space, codes)))
        for which, pairs in found.items():
            relative, z = (np.abs(np.concatenate(column)) for column in zip(*pairs, strict=True))
            errors = f"{100 * np.median(relative):6.2f} %{100 * relative.max():6.1f} %"
            print(f"{name:28}{which:9}{errors}{np.sqrt(np.mean(z**2)):>24.2f}")


def of_measured(folder: Path, targets: Sequence[str]) -> None:
    """Print a row for each space and target."""
    print(f"{'space':7}{'target':18}{'random':>9}{'corners':>9}{'worst':>9}{'rows, few':>11}{'rows, all':>11}")
    for name in MEASURED:
        space, rng = get_space(name), np.random.default_rng(0)
        whole, bench = read_measurements(folder, space), load_benchmark(name)
        groups = space.groups(whole.codes)
        drawn = [rng.choice(np.flatnonzero(groups == group), OF_A_GROUP, replace=False) for group in np.unique(groups)]
        few = np.isin(np.arange(len(groups)), np.concatenate(drawn))
        for target in targets:
            part = replace(whole, readings={target: whole.readings[target]}).take(few)
            fitted = fit_few(replace(part, campaign_index=np.arange(few.sum())), target)
            model = with_distribution(fitted.model, fitted.distribution)
            sets = space.sample(500, rng), corners(space), whole.codes[~few]
            mine = [answers(space, model, codes) for codes in sets]
            theirs = [bench.predict(codes, target).median for codes in sets]
            off = [np.abs(one / other - 1) for one, other in zip(mine[:2], theirs[:2], strict=True)]
            measured = whole.centre(target)[~few]
            on_rows = [np.median(np.abs(one[2] / measured - 1)) for one in (mine, theirs)]
            shown = [*map(np.median, off), max(map(np.max, off)), *on_rows]
            columns = "".join(f"{100 * one:{width}.2f} %" for one, width in zip(shown, (7, 7, 7, 9, 9), strict=True))
            print(f"{name:7}{target:18}{columns}")


def main() -> None:
    """Print one of the two tables."""
    parser = argparse.ArgumentParser(description="How well tables of a few dozen architectures are known.")
    parser.add_argument("measurements", type=Path, nargs="?", help="folder of measurements; without, simulated ones")
    parser.add_argument("--seeds", type=int, default=8, help="simulated campaigns of each kind")
    parser.add_argument("--targets", nargs="+", default=["latency@h100", "latency@a100", "latency@rtx3080"])
    options = parser.parse_args()
    if options.measurements is None:
        of_simulated(options.seeds)
    else:
        of_measured(options.measurements, options.targets)


if __name__ == "__main__":
    main()
