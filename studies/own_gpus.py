"""What GPUs that we measured say of the published tables: ``python -m studies.own_gpus``.

Of each space: how well the published latencies of an H100 order what another H100 does: Kendall's tau
within (embed_dim, bias) of tables of ``latency@h100`` and measurements of ``latency@h100_sxm``, of random architectures
and of corners, whose layers are all alike; and of both tables on the exact front of perplexity and ``latency@h100``.
What published energies of an H100 are against its counter of energy: the ratio of a sequence's, by embed_dim, and tau
within embed_dim. How well tables of ten folds predict the architectures that they were not fitted to. And how a second
campaign on the same card differs from the first.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy.stats import kendalltau

from hwbench_mo import Benchmark, load_benchmark, make_problem
from hwbench_mo.fitting import fit_folder
from hwbench_mo.fitting.few import fit_few
from hwbench_mo.fitting.fitted import answers, with_distribution
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.pareto import hypervolume, nondominated
from hwbench_mo.profiling.design import corners
from hwbench_mo.spaces import SearchSpace, get_space
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.targets import in_order
from hwbench_mo.typing import Bools, Codes, Floats, Ints

OWN = Path(__file__).parent.parent / "measurements"
ENERGY_BATCH = 8
"""Sequences of a pass whose energy was published, in every space."""
FOLDS = 10


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m studies.own_gpus")
    parser.add_argument("--measurements", type=Path, default=OWN)
    folder = parser.parse_args().measurements
    print("| space | latency: tau, random | tau, corners | ratio by embed_dim | tau, front | regret of the front |")
    print("| --- | --: | --: | --: | --: | --: |")
    loaded = {
        name: (load_benchmark(name), read_measurements(folder / "h100_sxm", get_space(name))) for name in MEASURED
    }
    for name, (bench, measured) in loaded.items():
        print(f"| {name} | {' | '.join(_latency(bench, measured))} |", flush=True)
    print("\n| space | energy of a sequence, h100_sxm / published, by embed_dim | tau within embed_dim |")
    print("| --- | --: | --: |")
    for name, (bench, measured) in loaded.items():
        print(f"| {name} | {' | '.join(_energy(bench, measured))} |")
    print("\n| space | target | architectures | error, random | corners | tau, random | corners |")
    print("| --- | --- | --: | --: | --: | --: | --: |")
    for device in ("h100_sxm", "h200"):
        for name in MEASURED:
            measured = read_measurements(folder / device, get_space(name))
            for target in in_order(measured.readings):
                print(f"| {name} | {target} | {' | '.join(_cross_validated(measured, target))} |", flush=True)
    first = loaded["gpt_s"][1]
    again = read_measurements(folder / "h100_repeat", get_space("gpt_s"))
    one, other = (_by_code(m, m.centre(f"latency@{m.devices[0]}")) for m in (first, again))
    ratio = np.array([other[code] / one[code] for code in one if code in other]) - 1
    change = np.abs(ratio)
    print(
        f"\nsecond campaign on the same card, gpt_s, {len(ratio)} architectures: the level of latency differs by ",
        end="",
    )
    print(f"{np.median(ratio):+.2%}, that of an architecture by {np.median(change):.2%}, at most {change.max():.2%}")
    with TemporaryDirectory() as scratch:
        fit_folder(folder / "h100_repeat", Path(scratch) / "tables")
        both = load_benchmark("gpt_s", devices=Path(scratch) / "tables")
    for what, codes in (
        ("random", both.space.sample(2000, np.random.default_rng(0))),
        ("corners", corners(both.space)),
    ):
        a, b = (both.predict(codes, f"latency@{device}") for device in ("h100_sxm", "h100_repeat"))
        off = np.abs(b.median - a.median)
        z = off / np.hypot(a.standard_error, b.standard_error)
        print(
            f"their tables, {what}: differ by {np.median(off / a.median):.2%}, at most {(off / a.median).max():.2%}; ",
            end="",
        )
        print(f"{np.sqrt(np.mean(z**2)):.2f} standard errors of the difference (root mean square)")


def _latency(bench: Benchmark, measured: Measurements) -> list[str]:
    space, codes = measured.space, measured.codes
    latency = measured.centre("latency@h100_sxm")
    published = bench.predict(codes, "latency@h100").median
    corner = _is_corner(space, codes)
    groups = space.groups(codes)
    cells = [f"{_tau_within(published[rows], latency[rows], groups[rows]):.3f}" for rows in (~corner, corner)]
    ratio = latency / published
    widths = [np.median(ratio[codes[:, EMBED_DIM] == e]) for e in range(len(space.embed_dim))]
    cells.append(", ".join(f"{one:.2f}" for one in widths))
    ours = make_problem(bench, ["perplexity", "latency@h100_sxm"])
    front = make_problem(bench, ["perplexity", "latency@h100"]).pareto_front()
    values = ours.evaluate(front.codes)
    cells.append(f"{kendalltau(front.values[:, 1], values[:, 1]).statistic:.3f}")
    exact = ours.pareto_front().values
    bounds = np.stack([ours.ideal, ours.nadir])

    def scaled(points: Floats) -> Floats:
        return np.asarray((points[nondominated(points)] - bounds[0]) / (bounds[1] - bounds[0]))

    reference = np.full(2, 1.1)
    regret = 1 - hypervolume(scaled(values), reference=reference) / hypervolume(scaled(exact), reference=reference)
    return [*cells, f"{regret:.4f}"]


def _energy(bench: Benchmark, measured: Measurements) -> list[str]:
    space, width = measured.space, measured.codes[:, EMBED_DIM]
    own = measured.centre("energy@h100_sxm") / space.batch_size
    published = bench.predict(measured.codes, "energy@h100").median / ENERGY_BATCH
    known = np.isfinite(own)
    ratios = [np.median((own / published)[known & (width == e)]) for e in range(len(space.embed_dim))]
    tau = _tau_within(published[known], own[known], width[known])
    return [", ".join(f"{ratio:.2f}" for ratio in ratios), f"{tau:.3f}"]


def _cross_validated(measured: Measurements, target: str) -> list[str]:
    space, centre = measured.space, measured.centre(target)
    _, architecture, counts = np.unique(measured.codes, axis=0, return_inverse=True, return_counts=True)
    architecture = architecture.reshape(-1)
    once = (counts[architecture] == 1) & np.isfinite(centre)  # the reference tells drift, and is in every fit
    fold = np.random.default_rng(0).permutation(len(counts))[architecture] % FOLDS
    predicted = np.full(len(centre), np.nan)
    for k in range(FOLDS):
        left_out = once & (fold == k)
        fitted = fit_few(replace(measured, held_out=left_out), target)
        model = with_distribution(fitted.model, fitted.distribution)
        predicted[left_out] = answers(space, model, measured.codes[left_out])
    corner, groups = _is_corner(space, measured.codes), space.groups(measured.codes)
    cells = [f"{once.sum()}"]
    for rows in (once & ~corner, once & corner):
        error = np.abs(predicted[rows] / centre[rows] - 1)
        cells.append(f"{np.median(error):.2%}, at most {error.max():.1%}")
    return [
        *cells,
        *(f"{_tau_within(predicted[r], centre[r], groups[r]):.3f}" for r in (once & ~corner, once & corner)),
    ]


def _is_corner(space: SearchSpace, codes: Codes) -> Bools:
    counts = space.counts_as_floats(codes)
    n_mlp = len(space.mlp_ratio)
    deepest = [block.max(axis=1) for block in (counts[:, :n_mlp], counts[:, n_mlp:])]
    return np.asarray((deepest[0] == space.depth(codes)) & (deepest[1] == space.depth(codes)))


def _tau_within(one: Floats, other: Floats, groups: Ints) -> float:
    taus = [kendalltau(one[groups == g], other[groups == g]).statistic for g in np.unique(groups)]
    return float(np.nanmean(taus))


def _by_code(measured: Measurements, values: Floats) -> dict[tuple[int, ...], float]:
    """The median of each architecture's rows."""
    found: dict[tuple[int, ...], list[float]] = {}
    for code, value in zip(measured.codes.tolist(), values.tolist(), strict=True):
        found.setdefault(tuple(code), []).append(value)
    return {code: float(np.median(several)) for code, several in found.items()}


if __name__ == "__main__":
    main()
