"""How far tables fitted to either half of the architectures agree: ``python -m studies.split_half MEASUREMENTS``.

For each target, in per mille of the cost: the root mean square difference between the tables of the two halves, without
and with a model of the campaign's drift. (The order of measuring is shuffled for the former, so that neighbours predict
nothing.) Then the difference in units of the tables' standard errors, on random architectures and in the corners. The
level is left out, because both halves share the campaign's.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from hwbench_mo.fitting.hardware import fit_hardware
from hwbench_mo.fitting.width import HardwareFit
from hwbench_mo.measurements import read_measurements
from hwbench_mo.spaces import SearchSpace, get_space
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import PER_DEVICE, Target, in_order
from hwbench_mo.typing import Codes, Floats


def main() -> None:
    """Print a row a target."""
    parser = argparse.ArgumentParser(prog="python -m studies.split_half")
    parser.add_argument("measurements", type=Path)
    parser.add_argument("--space", choices=MEASURED, default="gpt_s")
    options = parser.parse_args()
    measured = read_measurements(options.measurements, get_space(options.space))
    space, codes = measured.space, measured.codes
    rng = np.random.default_rng(0)
    half = rng.permutation(len(codes)) % 2 == 0
    shuffled = rng.permutation(measured.campaign_index)
    middle = space.sample(3000, rng)
    corners = middle.copy()
    corners[:, space.mlp_genes] = rng.integers(len(space.mlp_ratio), size=(len(corners), 1))
    corners[:, space.head_genes] = rng.integers(len(space.n_head), size=(len(corners), 1))
    corners = space.canonical(corners)
    print("target                without drift model   with it   standard errors: random   corners")
    scores = []
    for target in [name for name in in_order(measured.readings) if Target.parse(name).metric in PER_DEVICE]:
        centre = measured.centre(target)
        rms = {}
        for name, order in (("without", shuffled), ("with", measured.campaign_index)):
            fits = [fit_hardware(space, codes[rows], centre[rows], order[rows]) for rows in (half, ~half)]
            rms[name] = 1000 * np.sqrt(np.mean(_difference(space, fits, middle)[0] ** 2))
        z = [np.sqrt(np.mean((d / e) ** 2)) for d, e in (_difference(space, fits, rows) for rows in (middle, corners))]
        scores.append(z)
        print(f"{target:20s} {rms['without']:20.3f} {rms['with']:9.3f} {z[0]:25.2f} {z[1]:9.2f}", flush=True)
    print("median in standard errors: random {:.2f}, corners {:.2f}".format(*np.median(scores, axis=0)))


def _difference(space: SearchSpace, fits: list[HardwareFit], codes: Codes) -> tuple[Floats, Floats]:
    """``[n]`` each; relative differences of two fits without the median of each group, and their standard errors."""
    one, other = (Kernel(space, [fit.model])(codes)[:, 0] for fit in fits)
    difference = np.log(np.maximum(one, 1e-12) / np.maximum(other, 1e-12))
    for group in np.unique(space.groups(codes)):
        rows = space.groups(codes) == group
        difference[rows] -= np.median(difference[rows])
    errors = []
    for fit, costs in zip(fits, (one, other), strict=True):
        parts = {name: getattr(fit.error, name)[..., :-1] for name in ("base", "mlp", "head")}  # the last is the level
        errors.append(replace(fit.error, **parts).standard_error(space, codes) / costs)
    return difference, np.hypot(*errors)


if __name__ == "__main__":
    main()
