"""What a trained supernet says: ``python -m studies.weight_sharing RESULTS MEASUREMENTS --out PICTURES``.

RESULTS holds ``curve.csv`` of a training, ``speed.jsonl`` of `benchmarks.supernet` and ``stand_alone.jsonl`` of
`studies.stand_alone`, MEASUREMENTS what ``hwbench-mo supernet measure`` wrote. It prints, in Markdown: speed; losses;
perplexity of the smallest, the largest and random sub-networks; how much of log(perplexity) is a sum over layers, and
what pairs of neighbours add, on architectures that the tables were not fitted to; how networks that were trained alone
rank; and the exact front of perplexity and the latency of the device that was measured into the same folder. Two
pictures.
"""

import argparse
import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from scipy.stats import kendalltau, spearmanr

from hwbench_mo import Benchmark, load_benchmark, make_problem
from hwbench_mo.fitting import fit_folder
from hwbench_mo.fitting.quality import PERPLEXITY, QualityData, QualityTerms, folds_of
from hwbench_mo.fitting.terms import Terms
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.plotting import COLOURS, FRONT, GREY, new_figure, save_picture, tidy
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.spaces.files import spaces_in
from hwbench_mo.supernet.elastic import largest, smallest
from hwbench_mo.typing import Bools, Floats

FOLDS = 10


def main() -> None:
    """Print the report, and draw."""
    parser = argparse.ArgumentParser(prog="python -m studies.weight_sharing")
    parser.add_argument("results", type=Path)
    parser.add_argument("measurements", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    (space,) = spaces_in(options.measurements)
    measured = read_measurements(options.measurements, space)
    measured = measured.only(["perplexity", "accuracy"])  # other rows are of the device
    for line in (
        *told_of_speed(lines_of(options.results / "speed.jsonl")),
        *told_of_losses(options.results / "curve.csv"),
        *told_of_perplexity(measured, options.measurements / f"{space.name}-supernet.csv"),
        *told_of_sums(measured),
        *told_of_ranks(lines_of(options.results / "stand_alone.jsonl")),
    ):
        print(line)
    with TemporaryDirectory() as scratch:
        tables = Path(scratch) / "tables"
        fit_folder(options.measurements, tables)
        benchmark = load_benchmark(space.name, artifacts=tables, devices=tables)
    told, front = told_of_front(benchmark)
    print(told)
    draw_losses(options.results / "curve.csv", options.out / "losses.png")
    draw_front(benchmark, measured, front, options.out / "front.png")


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def told_of_speed(rows: list[dict[str, Any]]) -> list[str]:
    """Speed, memory, overhead and rate of measuring."""
    found = {row["part"]: row["found"] for row in rows if "error" not in row["found"]}
    lines = []
    for part, name in (("ends", "compiled"), ("eager", "eager")):
        if part in found:
            one = found[part]
            said = f"- Largest network, {name}: {one['tokens_per_s']:,.0f} tokens/s"
            if "mfu" in one:
                said += f", {100 * one['mfu']:.0f} % of the peak ({100 * one['mfu_palm']:.0f} % as PaLM counts)"
            if "peak_memory_gb" in one:
                said += f", {one['peak_memory_gb']:.0f} GB"
            lines.append(said)
    if "overhead" in found:
        shares = np.array([one["overhead"] for one in found["overhead"]])
        lines.append(
            f"- Selecting against an extracted network: {100 * np.median(shares):+.1f} % a step in the median, "
            f"from {100 * shares.min():+.1f} to {100 * shares.max():+.1f} % ({len(shares)} architectures)"
        )
    if "measuring" in found:
        one = found["measuring"]
        lines.append(f"- Measuring: {one['per_s']:.1f} sub-networks a second on {one['tokens']:,} tokens")
    lines += [
        f"- A step of the sandwich (compiled: {part.removeprefix('sandwich-')}): {1000 * found[part]['step_s']:.0f} ms"
        for part in ("sandwich-none", "sandwich-ends", "sandwich-all")
        if part in found
    ]
    return lines


def told_of_losses(path: Path) -> list[str]:
    """Where the training began and ended."""
    rows = [row for row in _curve(path) if row["validation_largest"]]
    first, last = rows[0], rows[-1]
    names = ("largest", "smallest", "random")
    said = ", ".join(
        f"{name} {float(first[f'validation_{name}']):.2f} to {float(last[f'validation_{name}']):.2f}" for name in names
    )
    tokens = float(last["tokens"])
    return [
        f"- Trained for {last['step']} steps, {tokens / 1e6:.0f} million tokens for each of a step's sub-networks, "
        f"{float(last['seconds']) / 60:.1f} minutes; held-out loss (nats) from step {first['step']} on: {said}"
    ]


def _curve(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def told_of_perplexity(measured: Measurements, errors: Path) -> list[str]:
    """Perplexities of sub-networks, and how well one is known."""
    space, perplexity = measured.space, measured.centre("perplexity")
    rows = {tuple(code): value for code, value in zip(measured.codes.tolist(), perplexity, strict=True)}
    ends = [rows[tuple(space.encode(one)[0].tolist())] for one in (largest(space), smallest(space))]
    middle = np.quantile(perplexity[2:], [0, 0.25, 0.5, 0.75, 1])
    with errors.open(newline="", encoding="utf-8") as file:
        relative = np.median([float(row["loss_error"]) for row in csv.DictReader(file)])
    by_width = [
        f"{width}: {np.median(perplexity[measured.codes[:, EMBED_DIM] == e]):.2f}"
        for e, width in enumerate(space.embed_dim)
    ]
    return [
        f"- Perplexity of {len(perplexity)} sub-networks: largest {ends[0]:.2f}, smallest {ends[1]:.2f}; random ones "
        f"{middle[0]:.2f} to {middle[4]:.2f} (quartiles {middle[1]:.2f}, {middle[2]:.2f}, {middle[3]:.2f}); medians by "
        f"embed_dim: {', '.join(by_width)}; standard error over documents {100 * relative:.1f} % of one"
    ]


def told_of_sums(measured: Measurements) -> list[str]:
    """How much of log(perplexity) tables explain, on architectures that they were not fitted to."""
    perplexity, accuracy = measured.centre("perplexity"), measured.centre("accuracy")
    data = QualityData(measured.space, measured.codes, perplexity, accuracy, measured.perplexity_mlp)
    log_perplexity, widths = np.log(data.perplexity), measured.codes[:, EMBED_DIM]
    lines = [
        "",
        "| Tables | R² over all | R² within embed_dim | root mean square error of perplexity |",
        "|---|--:|--:|--:|",
    ]
    for name, terms in (
        ("a sum over layers", Terms()),
        ("and pairs of neighbours", Terms(pairs=True)),
        ("and products of counts", Terms(products=True)),
        ("and both", Terms(pairs=True, products=True)),
    ):
        predicted = np.empty(len(log_perplexity))
        for left_out in folds_of(data.known, FOLDS):
            wanted = QualityTerms(perplexity=terms, penalty=PERPLEXITY[-1])
            predicted[left_out] = data.fit_perplexity(~left_out, wanted)[1][left_out]
        error = log_perplexity - predicted
        within = np.concatenate([one - one.mean() for one in _by(log_perplexity, widths)])
        shares = [1 - (error**2).sum() / total for total in (len(error) * log_perplexity.var(), (within**2).sum())]
        lines.append(f"| {name} | {shares[0]:.4f} | {shares[1]:.4f} | {100 * np.sqrt((error**2).mean()):.2f} % |")
    return [*lines, ""]


def _by(values: Floats, groups: Any) -> list[Floats]:
    return [values[groups == one] for one in np.unique(groups)]


def told_of_ranks(rows: list[dict[str, Any]]) -> list[str]:
    """Whether inherited weights rank architectures as training them alone does."""
    if len(rows) < 3:
        return []
    alone, inherited = (np.array([row[name]["loss"] for row in rows]) for name in ("alone", "inherited"))
    tau, rho = kendalltau(alone, inherited).statistic, spearmanr(alone, inherited).statistic
    gap = np.exp(inherited) / np.exp(alone)
    return [
        f"- {len(rows)} architectures trained alone for {rows[0]['steps']} steps: Kendall's tau {tau:.2f}, Spearman's "
        f"rho {rho:.2f} with inherited perplexity, which is {gap.min():.2f} to {gap.max():.2f} of theirs"
    ]


def latency_of(benchmark: Benchmark) -> str:
    """The device that was measured."""
    (name,) = (one for one in benchmark.models if one.startswith("latency@"))
    return name


def told_of_front(benchmark: Benchmark) -> tuple[str, Floats]:
    """The exact front, and its values."""
    latency = latency_of(benchmark)
    problem = make_problem(benchmark, ["perplexity", latency])
    codes, values = problem.pareto_front()
    widths = np.array(benchmark.space.embed_dim)[codes[:, EMBED_DIM]]
    by_width = ", ".join(f"{int((widths == one).sum())} of {one}" for one in np.unique(widths))
    return (
        f"- Exact front of perplexity and {latency}: {len(codes)} architectures of {benchmark.space.size:.2g} "
        f"(embed_dim: {by_width}), perplexity {values[:, 0].min():.2f} to {values[:, 0].max():.2f}, "
        f"{values[:, 1].min():.2f} to {values[:, 1].max():.2f} ms",
        values,
    )


def draw_losses(path: Path, picture: Path) -> None:
    """Held-out loss against steps."""
    rows = _curve(path)
    validated: Bools = np.array([bool(row["validation_largest"]) for row in rows])
    steps = np.array([int(row["step"]) for row in rows])
    figure = new_figure(6, 3.6)
    axes = figure.subplots()
    places = {"largest": "top", "random": "center", "smallest": "bottom"}
    for (name, place), colour in zip(places.items(), COLOURS, strict=False):
        cells = np.array([float(row[f"validation_{name}"] or "nan") for row in rows])
        axes.plot(steps[validated], cells[validated], color=colour)
        axes.annotate(f" {name}", (steps[validated][-1], cells[validated][-1]), color=colour, va=place)
    axes.plot(steps, [float(row["loss_largest"]) for row in rows], color=GREY, linewidth=0.4, alpha=0.6, zorder=0)
    axes.set_xlabel("step")
    axes.set_ylabel("held-out loss (nats a token)")
    axes.set_title("grey: the largest on the text it is trained on", fontsize="small")
    axes.margins(x=0.12)
    tidy(axes)
    save_picture(figure, picture)


def draw_front(benchmark: Benchmark, measured: Measurements, front: Floats, picture: Path) -> None:
    """Measured sub-networks and the exact front."""
    figure = new_figure(6, 4)
    axes = figure.subplots()
    device = latency_of(benchmark)
    latency = benchmark.predict(measured.codes, device).median
    for e, (width, colour) in enumerate(zip(benchmark.space.embed_dim, COLOURS, strict=False)):
        own = measured.codes[:, EMBED_DIM] == e
        axes.scatter(latency[own], measured.centre("perplexity")[own], s=4, color=colour, label=f"embed_dim {width}")
    order = np.argsort(front[:, 1])
    axes.step(front[order, 1], front[order, 0], where="post", color=FRONT, linewidth=1.2, label="exact front")
    axes.set_xlabel(f"{device} (ms)")
    axes.set_ylabel("perplexity, by weight sharing")
    axes.legend(fontsize="small")
    tidy(axes)
    save_picture(figure, picture)


if __name__ == "__main__":
    main()
