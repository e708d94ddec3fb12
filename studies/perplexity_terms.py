"""What each term of perplexity's model is worth: ``python -m studies.perplexity_terms MEASUREMENTS``.

A fifth of the architectures with a perplexity is kept apart, and so is, in a second fit, the outer tenth of each
embed_dim (the corners). For each set of terms: the root mean square error on the fifth, of perplexity, with these
terms in the prior alone, and in what measured values add to the chosen prior. Then, for the terms that
cross-validation chooses on the rest: Kendall's tau within embed_dim, and how many readings 90 % intervals hold.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import kendalltau
from threadpoolctl import threadpool_limits

from hwbench_mo.fitting import fit_space
from hwbench_mo.fitting.quality import QualityData, QualityTerms
from hwbench_mo.fitting.term_selection import select_terms
from hwbench_mo.fitting.terms import LADDER
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.spaces import get_space
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import QUALITY
from hwbench_mo.typing import Bools
from hwbench_mo.validation.folds import split_corners


def main() -> None:
    """Print the tables of each space."""
    parser = argparse.ArgumentParser(prog="python -m studies.perplexity_terms")
    parser.add_argument("measurements", type=Path)
    parser.add_argument("--space", choices=MEASURED, nargs="*", default=MEASURED)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--share", type=float, default=0.2)
    options = parser.parse_args()
    for name in options.space:
        measured = read_measurements(options.measurements, get_space(name))
        measured = replace(measured, readings={target: measured.readings[target] for target in QUALITY})
        with threadpool_limits(1):
            known = np.flatnonzero(np.isfinite(measured.centre("perplexity")))
            test = np.zeros(len(measured.codes), dtype=bool)
            rng = np.random.default_rng(options.seed)
            test[rng.permutation(known)[: round(options.share * len(known))]] = True
            _print_terms(name, measured, test)
            _print_figures(name, "random fifth", measured, test)
            _print_figures(name, "corners", measured, split_corners(measured)[0].test)


def _print_terms(name: str, measured: Measurements, test: Bools) -> None:
    perplexity = measured.centre("perplexity")
    data = QualityData(measured.space, measured.codes, perplexity, measured.centre("accuracy"), measured.perplexity_mlp)
    chosen = select_terms(data, ~test)
    print(f"{name}: {chosen.facts}\n{'terms':28s} in the prior   added to it")
    for terms in LADDER:
        errors = []
        for both in (QualityTerms(terms), replace(chosen, perplexity=terms)):
            model = data.fit(~test, both)["perplexity"].model
            error = Kernel(measured.space, [model])(measured.codes[test])[:, 0] - perplexity[test]
            errors.append(np.sqrt(np.mean(error**2)))
        print(f"{' + '.join(terms.names) or 'entries alone':28s} {errors[0]:12.4f} {errors[1]:13.4f}", flush=True)


def _print_figures(name: str, split: str, measured: Measurements, test: Bools) -> None:
    bench = fit_space(measured.take(~test))
    for target in QUALITY:
        truth = measured.centre(target)
        rows = test & np.isfinite(truth)
        p = bench.predict(measured.codes[rows], target)
        low, high = p.quantile([0.05, 0.95]).T
        width = measured.codes[rows, EMBED_DIM]
        taus = [kendalltau(truth[rows][width == e], p.median[width == e]).statistic for e in np.unique(width)]
        held = np.mean((low <= truth[rows]) & (truth[rows] <= high))
        error = np.sqrt(np.mean((p.median - truth[rows]) ** 2))
        print(
            f"{name} {target:10s} {split:12s} n {rows.sum():5d}  RMSE {error:.5f}  tau {np.round(taus, 3)} "
            f"(mean {np.mean(taus):.3f})  90 % intervals hold {held:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
