"""``python -m hwbench_mo.fitting.evaluate MEASUREMENTS``: judge the surrogates on rows kept from the fit.

For each space, a random tenth of the architectures is kept from the fit of everything, noise included. The table says
how well the rest predicts them: Kendall's rank correlation within each (embed_dim, bias), where rank is not given away
by the width, against gradient-boosted trees fitted to the same rows; and how well quantiles are calibrated.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.errors import InputError, report
from hwbench_mo.fitting.fit import fit_space
from hwbench_mo.fitting.measurements import Measurements, read_measurements
from hwbench_mo.spaces import get_space
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.targets import GPUS, Target
from hwbench_mo.typing import Floats, Ints

if TYPE_CHECKING:
    import pandas as pd

LEVELS = np.arange(1, 100) / 100


def evaluate(measured: Measurements, *, holdout: float = 0.1, seed: int = 0) -> "pd.DataFrame":
    """One row a target of one space: how its surrogate predicts a random share of rows that it was not fitted to.

    Columns: ``tau`` (Kendall's, averaged over (embed_dim, bias)), ``tau_trees`` (of gradient-boosted trees; latency
    alone), ``error`` (median relative), ``calibration`` (mean \\|coverage - level\\| over 99 levels) and ``coverage``
    (of the 90 % interval).
    """
    import pandas as pd

    test = np.random.default_rng(seed).random(len(measured.codes)) < holdout
    train, kept = measured.take(~test), measured.take(test)
    bench = fit_space(train)
    rows = []
    for target, repeats in kept.repeats.items():
        measured_here = np.isfinite(kept.centre(target))
        prediction = bench.predict(kept.codes[measured_here], target)
        centre = kept.centre(target)[measured_here]
        groups = kept.space.groups(kept.codes)[measured_here]
        metric = Target.parse(target).metric
        coverage = np.array([_coverage(repeats[measured_here], prediction.quantile(LEVELS), k) for k in range(99)])
        rows.append(
            {
                "space": measured.space.name,
                "target": target,
                "tau": rank_correlation(prediction.median, centre, groups),
                "tau_trees": rank_correlation(_trees(train, kept, target), centre, groups)
                if metric == "latency"
                else np.nan,
                "error": np.median(np.abs(prediction.median / centre - 1)),
                "calibration": np.abs(coverage - LEVELS).mean(),
                "coverage": coverage[94] - coverage[4],
            }
        )
    return pd.DataFrame(rows)


def rank_correlation(predicted: Floats, measured: Floats, groups: Ints) -> float:
    """Kendall's tau-b within each group, averaged over groups."""
    from scipy.stats import kendalltau

    taus = [kendalltau(predicted[groups == group], measured[groups == group]).statistic for group in np.unique(groups)]
    return float(np.mean(taus))


def _coverage(repeats: Floats, quantiles: Floats, level: int) -> float:
    known = np.isfinite(repeats)
    return float((repeats <= quantiles[:, level, None])[known].mean())


def _trees(train: Measurements, test: Measurements, target: str) -> Floats:
    """What gradient-boosted trees predict: fitted to log centres, from all genes and the counts of choices."""
    try:
        from sklearn.ensemble import HistGradientBoostingRegressor
    except ModuleNotFoundError:
        raise InputError("the comparison needs scikit-learn: pip install 'hwbench_mo[dev]'") from None

    def features(measured: Measurements) -> Floats:
        return np.concatenate([measured.codes, measured.space.counts_as_floats(measured.codes)], axis=1)

    trees = HistGradientBoostingRegressor(max_iter=300, random_state=0)
    trees.fit(features(train), np.log(train.centre(target)))
    answer: Floats = np.exp(trees.predict(features(test)))
    return answer


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    parser = argparse.ArgumentParser(prog="python -m hwbench_mo.fitting.evaluate", description="Judge the surrogates.")
    parser.add_argument("measurements", type=Path, help="folder of measurements, one folder a space")
    parser.add_argument("--space", choices=MEASURED, action="append", help="by default all")
    parser.add_argument("--holdout", type=float, default=0.1, help="share of architectures kept from the fit")
    parser.add_argument("--seed", type=int, default=0, help="of the choice of architectures")
    options = parser.parse_args(arguments)
    if not 0 < options.holdout < 1:
        parser.error(f"--holdout is {options.holdout}, but must be between 0 and 1")
    try:
        for name in options.space or MEASURED:
            measured = read_measurements(options.measurements, get_space(name))
            table = evaluate(measured, holdout=options.holdout, seed=options.seed)
            print(table.to_string(index=False, float_format="{:.4f}".format, na_rep="-"))
            latency = table[table["target"].isin([f"latency@{device}" for device in GPUS])]
            won = int((latency["tau"] > latency["tau_trees"]).sum())
            print(f"{name}: tables rank latency better than trees on {won} of {len(latency)} GPUs\n", flush=True)
    except InputError as error:
        return report(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
