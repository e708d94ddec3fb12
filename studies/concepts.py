"""The pictures of docs/concepts.md: each once on white and once, ``…-dark.svg``, for pages with a dark background.

``python -m studies.concepts`` writes them to ``docs/images/concepts``; ``--out`` names another folder.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import hwbench_mo as hb
from hwbench_mo.plotting import new_figure, save_picture, tidy
from optimizers import NSGA2, LocalSearch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OUT = Path("docs/images/concepts")
DEVICE = "latency@a100"


@dataclass(frozen=True)
class Ink:
    """The colours of one kind of page."""

    page: str
    text: str
    faint: str
    blue: str
    orange: str


INKS = {
    "": Ink("#ffffff", "#1a1a1a", "#8a8a8a", "#0072B2", "#D55E00"),
    "-dark": Ink("#14181e", "#d5dbe1", "#8b949e", "#4FA8DE", "#F0A050"),
}
"""By ending of the file's name."""


def draw_tables(ink: Ink) -> "Figure":
    """What one layer costs by its two choices, and an architecture as the sum of its layers."""
    bench = hb.load_benchmark("gpt_s")

    def latency(mlp: Sequence[int], heads: Sequence[int]) -> float:
        one = hb.Architecture(embed_dim=768, n_layer=len(mlp), mlp_ratio=tuple(mlp), n_head=tuple(heads), bias=True)
        return float(bench.predict(bench.space.encode([one]), DEVICE).median[0])

    ratios, heads = (2, 3, 4), (4, 8, 12)
    entries = np.array([[latency([m] * 12, [h] * 12) - latency([m] * 11, [h] * 11) for h in heads] for m in ratios])
    base = latency([2] * 12, [4] * 12) - 12 * entries[0, 0]

    rng = np.random.default_rng(4)
    rows, columns = rng.integers(3, size=12), rng.integers(3, size=12)
    layers = entries[rows, columns]
    total = latency([ratios[r] for r in rows], [heads[c] for c in columns])
    if abs(base + layers.sum() - total) > 1e-9:
        raise AssertionError("the sum of the entries is not the prediction")

    figure = new_figure(5, 3.4)
    table, bars = figure.subplots(1, 2, width_ratios=(1, 1.5))
    table.imshow(entries, cmap="Blues", vmin=0.6, vmax=3.2, aspect="auto")
    for (r, c), entry in np.ndenumerate(entries):
        table.text(c, r, f"{entry:.2f}", ha="center", va="center", color="black", fontsize=9)
    table.set_xticks(range(3), [str(h) for h in heads])
    table.set_yticks(range(3), [str(m) for m in ratios])
    table.set(xlabel="n_head", ylabel="mlp_ratio", title="ms a layer")
    table.tick_params(length=0)

    ends = base + np.cumsum(layers)
    bars.barh(0, base, color=ink.faint, height=0.8)
    bars.barh(range(1, 13), layers, left=ends - layers, color=ink.blue, height=0.8)
    bars.text(base + 0.6, 0, "base", va="center", color=ink.faint, fontsize=8)
    for row, (r, c) in enumerate(zip(rows, columns, strict=True), start=1):
        bars.text(
            ends[row - 1] - layers[row - 1] - 0.5, row, f"{ratios[r]}, {heads[c]}", fontsize=7, ha="right", va="center"
        )
    bars.axvline(total, color=ink.orange, linewidth=1)
    bars.set(xlabel="ms", ylabel="layer", xlim=(0, 1.05 * total), ylim=(12.7, -0.7), title=f"their sum: {total:.2f} ms")
    bars.set_yticks(range(1, 13, 2))
    tidy(bars)
    return figure


def draw_front(ink: Ink) -> "Figure":
    """The exact front, and random architectures."""
    problem = hb.make_problem("gpt_s", ["perplexity", DEVICE])
    front = problem.pareto_front().values
    values = problem.evaluate(problem.space.sample(2000, np.random.default_rng(0)))
    figure = new_figure(5, 3.4)
    axes = figure.subplots()
    axes.scatter(values[:, 1], values[:, 0], s=5, color=ink.faint, linewidths=0, alpha=0.6, rasterized=True)
    axes.plot(front[:, 1], front[:, 0], color=ink.orange, linewidth=2)
    axes.plot(*problem.ideal[::-1], "+", color=ink.text, markersize=9)
    axes.plot(*problem.nadir[::-1], "x", color=ink.text, markersize=7)
    axes.annotate("ideal point", tuple(problem.ideal[::-1]), xytext=(8, -3), textcoords="offset points", fontsize=9)
    axes.annotate(
        "nadir point", tuple(problem.nadir[::-1]), xytext=(0, 7), textcoords="offset points", ha="right", fontsize=9
    )
    axes.annotate("2,000 random architectures", (25.5, 36), color=ink.faint, ha="center", fontsize=9)
    axes.annotate(
        f"exact front: {len(front)}\nof 1.9e12 architectures", (9.2, 24.5), color=ink.orange, fontsize=9, va="center"
    )
    axes.set(xlabel="latency on an A100 (ms)", ylabel="perplexity")
    tidy(axes)
    return figure


def draw_noise(ink: Ink) -> "Figure":
    """One measurement of an architecture's energy: quantiles and draws."""
    bench = hb.load_benchmark("gpt_s")
    code = bench.space.sample(1, np.random.default_rng(1))
    p = bench.predict(np.repeat(code, 4000, axis=0), "energy@v100")
    draws = 1000 * p.sample(seed=0, repeat=np.arange(4000))
    low, high = 1000 * p.quantile([0.05, 0.95])[0]
    median = 1000 * p.median[0]
    figure = new_figure(5, 3.2)
    axes = figure.subplots()
    edges = np.linspace(draws.min(), np.quantile(draws, 0.995), 61).tolist()
    axes.hist(draws, edges, color=ink.blue, alpha=0.55)
    axes.axvline(median, color=ink.orange, linewidth=2)
    axes.axvspan(low, high, color=ink.faint, alpha=0.18, linewidth=0)
    top = axes.get_ylim()[1]
    axes.set_ylim(0, 1.25 * top)
    axes.text(median, 1.17 * top, " median: the noise-free value", color=ink.orange, fontsize=9)
    axes.text((low + high) / 2, 1.05 * top, "90 % of measurements", color=ink.faint, ha="center", fontsize=9)
    axes.set(xlabel="energy of one architecture on a V100 (mWh)", ylabel="draws, of 4,000")
    tidy(axes)
    return figure


def draw_time(ink: Ink) -> "Figure":
    """What four workers do, asynchronously and synchronously."""
    problem = hb.make_problem("gpt_s", ["perplexity", "latency@xeon_silver"])
    figure = new_figure(5, 3.4)
    both = figure.subplots(2, 1, sharex=True)
    end = 0.0
    for axes, synchronous in zip(both, (False, True), strict=True):
        run = hb.simulate(problem, LocalSearch(problem, seed=3), budget=24, n_workers=4, synchronous=synchronous)
        free = np.zeros(4)
        for start, stop in sorted(zip(run.start_times, run.finish_times, strict=True)):
            worker = int(np.argmin(np.where(free <= start + 1e-9, free, np.inf)))
            axes.barh(
                worker,
                (stop - start) / 60,
                left=start / 60,
                color=ink.blue,
                height=0.7,
                edgecolor=ink.page,
                linewidth=0.8,
            )
            free[worker] = stop
        end = max(end, *run.finish_times)
        mode = "synchronous" if synchronous else "asynchronous"
        axes.set_title(f"{mode}: {100 * run.idle_share:.0f} % idle", fontsize=10, loc="left")
        axes.set_yticks(range(4), [str(worker) for worker in range(1, 5)])
        axes.set_ylabel("worker")
        axes.invert_yaxis()
        tidy(axes)
        axes.grid(axis="y", alpha=0)
    both[1].set(xlabel="simulated minutes", xlim=(0, 1.02 * end / 60))
    return figure


def draw_regret(ink: Ink) -> "Figure":
    """The hypervolume of a run, that of the exact front, and what is between the two."""
    problem = hb.make_problem("gpt_s", ["perplexity", DEVICE])
    front = problem.pareto_front().values
    run = hb.simulate(problem, NSGA2(problem, seed=0), budget=400)
    regret = hb.regret_curve(problem, run)[-1]
    scale = problem.nadir - problem.ideal

    def steps(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The boundary of what is dominated, up to the reference point."""
        points = (values - problem.ideal) / scale
        points = points[np.argsort(points[:, 1])]
        best = np.minimum.accumulate(points[:, 0])
        kept = np.diff(best, prepend=np.inf) < 0
        points, best = points[kept], best[kept]
        x, y = np.r_[points[:, 1], 1.1], np.r_[best, best[-1]]
        return np.minimum(x, 1.1), np.minimum(y, 1.1)

    figure = new_figure(5, 3.6)
    axes = figure.subplots()
    for values, colour, alpha in ((front, ink.orange, 0.45), (run.centre, ink.blue, 1.0)):
        x, y = steps(values)
        axes.fill_between(x, y, 1.1, step="post", color=colour, alpha=alpha, linewidth=0)
    axes.plot(1.1, 1.1, "o", color=ink.text, clip_on=False, markersize=5, zorder=5)
    axes.text(1.1, 1.13, "reference point (1.1, 1.1)", ha="right", fontsize=9)
    axes.text(0.72, 0.74, "HV: what 400 evaluations\nof NSGA-II dominate", ha="center", color=ink.page, fontsize=9)
    axes.text(0.02, 0.05, f"HV* - HV: missing\nregret 1 - HV/HV*\n= {regret:.3f}", fontsize=9, color=ink.orange)
    axes.set(xlim=(0, 1.1), ylim=(0, 1.1), aspect="equal")
    axes.set(xlabel="latency, normalised\n(0 ideal, 1 nadir)", ylabel="perplexity, normalised")
    tidy(axes)
    return figure


PICTURES: dict[str, Callable[[Ink], "Figure"]] = {
    "tables": draw_tables,
    "front": draw_front,
    "noise": draw_noise,
    "time": draw_time,
    "regret": draw_regret,
}
"""By name of the file."""


def write_pictures(out: Path) -> list[Path]:
    """Draw all of them; two calls write the same bytes."""
    import matplotlib as mpl

    written = []
    out.mkdir(parents=True, exist_ok=True)
    for ending, ink in INKS.items():
        colours = dict.fromkeys(
            ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), ink.text
        )
        settings: dict[str, Any] = {
            **colours,
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "svg.hashsalt": "concepts",
            "savefig.facecolor": "none",
            "font.size": 10,
        }
        with mpl.rc_context(settings):  # type: ignore[arg-type]
            for name, draw in PICTURES.items():
                written.append(out / f"{name}{ending}.svg")
                save_picture(draw(ink), written[-1], dpi=200)
    return written


def main(words: list[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    for path in write_pictures(parser.parse_args(words).out):
        print(path)


if __name__ == "__main__":
    main()
