"""How well tables of a few dozen architectures are known: of simulated devices, whose tables are known.

    python -m studies.few_rows

Writes nothing. Each row is a kind of campaign on gpt_s, over several seeds: relative errors of latency for random
architectures and for corners, where all layers take one choice, and how large errors are beside their standard errors.
"""

import argparse
from typing import Any

import numpy as np

from hwbench_mo.fitting.few import fit_few
from hwbench_mo.fitting.fitted import answers, with_distribution
from hwbench_mo.spaces import get_space
from tests.support.device import SimulatedDevice, corners

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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How well tables of a few dozen architectures are known.")
    parser.add_argument("--seeds", type=int, default=8)
    seeds = range(parser.parse_args().seeds)
    space = get_space("gpt_s")
    sets = {"random": space.sample(500, np.random.default_rng(3)), "corners": corners(space)}
    print(f"{'campaign':28}{'set':9}{'median':>8}{'worst':>8}{'error / standard error':>24}")
    for name, settings in CAMPAIGNS.items():
        found: dict[str, list[tuple[Any, Any]]] = {which: [] for which in sets}
        for seed in seeds:
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


if __name__ == "__main__":
    main()
