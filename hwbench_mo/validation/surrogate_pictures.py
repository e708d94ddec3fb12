"""Pictures of the surrogates themselves: bands over a slice of a space, layer costs, and the campaign's drift."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.benchmark.benchmark import Benchmark
from hwbench_mo.fitting.campaign import estimate_drift
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.plotting import COLOURS, GREY, label_figure, new_figure, panels, readable, tidy
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.targets import PER_DEVICE, in_order
from hwbench_mo.typing import Codes, Floats, Ints
from hwbench_mo.validation.baselines import all_baselines
from hwbench_mo.validation.score_pictures import STYLES
from hwbench_mo.validation.scores import MEDIAN, measured_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Of the devices that ship; of others, the first targets are shown.
SLICED = ("latency@a100", "latency@rtx2080", "latency@xeon_gold", "energy@h100", "energy@p100", "energy@epyc_7513")
DRIFTING = ("latency@epyc_7452", "energy@h100", "energy@rtx3080", "energy@epyc_7513")


def plot_bands(
    bench: Benchmark, measured: Measurements, targets: Sequence[str], baseline: str | None = None
) -> "Figure":
    """Quantiles over how many layers take the largest mlp_ratio, with the measurements of similar architectures."""
    space = measured.space
    figure, axes = panels(targets, columns=3, size=3.2)
    line = slice_codes(space)
    n_large = space.counts(line)[0][:, -1]
    near = (measured.codes[:, [EMBED_DIM, N_LAYER, BIAS]] == line[0, [EMBED_DIM, N_LAYER, BIAS]]).all(axis=1)
    rng = np.random.default_rng(0)
    for one, target in zip(axes, targets, strict=True):
        quantiles = bench.predict(line, target).quantile([0.05, 0.25, 0.5, 0.75, 0.95]).T
        scale, label = readable(target, quantiles)
        low, lower, median, upper, high = scale * quantiles
        one.fill_between(n_large, low, high, color=COLOURS[0], alpha=0.2, linewidth=0, label="5–95 %")
        one.fill_between(n_large, lower, upper, color=COLOURS[0], alpha=0.35, linewidth=0, label="25–75 %")
        one.plot(n_large, median, color=COLOURS[0], label="median")
        if baseline is not None:
            method, style = all_baselines()[baseline], STYLES[baseline]
            predicted = scale * method(measured, line, target)[:, MEDIAN]
            one.plot(
                n_large,
                predicted,
                color=style.colour,
                linestyle=style.dashes,
                label=f"{method.label}'s median",
                zorder=4,
            )
        rows = np.flatnonzero(near & measured_rows(measured.readings, target))
        x = space.counts(measured.codes[rows])[0][:, -1]
        # The measurements are moved to the slice by the table: the difference of the other layers is taken out.
        moved = np.interp(x, n_large, median) / scale / bench.predict(measured.codes[rows], target).median
        repeats = measured.readings[target][rows]
        column = rng.integers(np.isfinite(repeats).sum(axis=1))  # missing repeats come last
        values = scale * repeats[np.arange(len(rows)), column] * moved
        jitter = rng.uniform(-0.3, 0.3, len(rows))
        one.plot(x + jitter, values, ".", color=GREY, markersize=2.5, alpha=0.7, label="measured", zorder=3)
        bottom, top = low.min(), high.max()
        margin = 0.15 * (top - bottom)
        one.set_ylim(max(0, bottom - margin), top + margin)
        one.set_title(label, fontsize="small")
        one.set_xticks(range(0, space.n_slots + 1, max(1, space.n_slots // 6)))
    handles, names = axes[0].get_legend_handles_labels()
    architecture = space.decode(line[:1])[0]
    label_figure(
        figure,
        x=f"layers with mlp_ratio {space.mlp_ratio[-1]}; the other layers take {_others(space)} in turn",
        y="",
        title=f"{space.name}: one measurement over a slice: embed_dim {architecture.embed_dim}, {architecture.n_layer} "
        f"layers, {'with' if architecture.bias else 'without'} bias, n_head even\n"
        "dots: one repeat of each architecture of that width, depth and bias, moved to the slice by the table",
        handles=handles,
        names=names,
        markerscale=3,
    )
    return figure


def _others(space: SearchSpace) -> str:
    return " and ".join(map(str, space.mlp_ratio[:-1])) or str(space.mlp_ratio[-1])


def slice_codes(space: SearchSpace) -> Codes:
    """``[n_layer + 1, d]``; the widest and deepest architectures with 0, 1, … layers of the largest mlp_ratio.

    Their other layers take the other choices in turn.
    """
    n, last = space.n_slots, len(space.mlp_ratio) - 1
    codes = np.zeros((n + 1, space.n_genes), dtype=np.int64)
    codes[:, EMBED_DIM] = len(space.embed_dim) - 1
    codes[:, N_LAYER] = len(space.n_layer) - 1
    codes[:, space.head_genes] = np.arange(n) % len(space.n_head)
    for n_large in range(n + 1):
        codes[n_large, space.mlp_genes] = np.where(np.arange(n) < n_large, last, np.arange(n) % max(last, 1))
    return codes


def layer_costs(bench: Benchmark, target: str) -> Floats:
    """``[e, b, mlp choices, head choices]``; what one more layer adds, by the table of a hardware target."""
    model, depths = bench.model(target), bench.space.n_layer
    by_depth = (model.base[..., -1] - model.base[..., 0]) / max(depths[-1] - depths[0], 1)
    costs: Floats = (
        by_depth[..., None, None] + model.mlp.mean(axis=2)[..., :, None] + model.head.mean(axis=2)[..., None, :]
    )
    return costs


def _relative(costs: Floats) -> Floats:
    """``[e * kinds]``; costs ``[e, mlp, head]`` over the least of each embed_dim, NaN where that is not above 0."""
    least = costs.min(axis=(1, 2), keepdims=True)
    relative: Floats = np.where(least > 0, costs / np.where(least > 0, least, 1), np.nan).ravel()
    return relative


def plot_layer_costs(bench: Benchmark) -> "Figure":
    """Cost of one layer relative to the cheapest kind of that width and device, without bias."""
    from matplotlib.colors import LogNorm

    space = bench.space
    kinds = [(m, h) for m in range(len(space.mlp_ratio)) for h in range(len(space.n_head))]
    figure = new_figure(14, 0.24 * len(kinds) * len(space.embed_dim) + 2)
    known = {metric: [d for d in bench.devices if f"{metric}@{d}" in bench.models] for metric in PER_DEVICE}
    devices = {metric: own for metric, own in known.items() if own}
    every_axes = figure.subplots(1, len(devices), sharey=True, squeeze=False)[0]
    names = [f"mlp {space.mlp_ratio[m]}, heads {space.n_head[h]}" for m, h in kinds]
    rows = [f"{e}: {name}" if i == 0 else name for e in space.embed_dim for i, name in enumerate(names)]
    images = [
        np.stack([_relative(layer_costs(bench, f"{metric}@{device}")[:, 0]) for device in own], axis=1)
        for metric, own in devices.items()
    ]
    most = max(2.0, float(np.nanquantile(np.concatenate(images, axis=1), 0.98)))
    for axes, (metric, own), image in zip(every_axes, devices.items(), images, strict=True):
        # Cividis reads alike with any colour vision and in grey.
        shown = axes.imshow(image, aspect="auto", cmap="cividis", norm=LogNorm(1, most))
        for (y, x), value in np.ndenumerate(image):
            text = "–" if np.isnan(value) else f"{value:.2f}"
            style = {"ha": "center", "va": "center", "color": "black" if value > most**0.6 else "white"}
            axes.text(x, y, text, fontsize=6, in_layout=False, **style)  # within its axes, whatever the layout
        for e in range(1, len(space.embed_dim)):
            axes.axhline(e * len(kinds) - 0.5, color="white", linewidth=2)
        axes.set_xticks(range(len(own)), own, rotation=60, ha="right", rotation_mode="anchor", fontsize="small")
        axes.set_yticks(range(len(rows)), rows, fontsize="x-small")
        axes.set_title(metric)
    figure.colorbar(
        shown,
        ax=list(every_axes),
        label="cost of one layer ÷ the cheapest kind's",
        ticks=[tick for tick in (1, 1.25, 1.5, 2, 3, 5, 10, 20) if tick <= most],
        format="{x:g}",
        pad=0.01,
    )
    figure.supylabel("embed_dim: the layer's choices", fontsize="medium")
    figure.suptitle(
        f"{space.name}: what one more layer costs, relative to the cheapest kind of that embed_dim and device (without "
        "bias; –: the cheapest costs nothing measurable)",
        fontsize="medium",
    )
    return figure


def plot_drift(bench: Benchmark, measured: Measurements, targets: Sequence[str]) -> "Figure":
    """Residuals over the order of measuring, before and after the drift is taken out."""
    figure = new_figure(3.4 * len(targets), 5.4)
    every_axes = figure.subplots(2, len(targets), squeeze=False, sharex=True, sharey="col")
    for (before, after), target in zip(every_axes.T, targets, strict=True):
        rows = np.flatnonzero(measured_rows(measured.readings, target))
        codes, index = measured.codes[rows], measured.campaign_index[rows]
        residual = np.log(measured.centre(target)[rows] / bench.predict(codes, target).median)
        width: Ints = codes[:, EMBED_DIM]
        drift = estimate_drift(index, width, residual)
        for e in np.unique(width):  # the drift is 0 on average: residuals are shown around the level that it leaves
            residual[width == e] -= np.median((residual - drift)[width == e])
        shown = np.random.default_rng(0).permutation(len(rows))[:3000]
        for axes, values, what in ((before, residual, f"{target}\nbefore"), (after, residual - drift, "after")):
            for e, embed_dim in enumerate(measured.space.embed_dim):
                own = shown[width[shown] == e]
                axes.plot(
                    index[own],
                    100 * np.expm1(values[own]),
                    ".",
                    color=COLOURS[e % len(COLOURS)],
                    markersize=1.5,
                    label=f"embed_dim {embed_dim}",
                )
            axes.axhline(0, color=GREY, linewidth=0.8)
            axes.set_title(f"{what}: MAD {_percent(values)}", fontsize="medium")
            tidy(axes)
        low, high = 100 * np.expm1(np.quantile(residual, [0.01, 0.99]))
        before.set_ylim(1.2 * low, 1.2 * high)
    handles, names = every_axes[0, 0].get_legend_handles_labels()
    label_figure(
        figure,
        x="campaign_index, the order of measuring",
        y="median of the repeats ÷ expected − 1 (%)",
        title=f"{measured.space.name}: residuals before and after the drift model (MAD: median absolute deviation)",
        handles=handles,
        names=names,
        markerscale=5,
    )
    return figure


def _percent(values: Floats) -> str:
    return f"{100 * np.median(np.abs(values - np.median(values))):.2f} %"


def surrogate_pictures(
    bench: Benchmark, measured: Measurements, baseline: str | None = None
) -> "Iterator[tuple[str, str, Figure]]":
    """Name, caption and figure of each picture of this module; the bands stand beside the median of a baseline."""
    hardware = [target for target in in_order(measured.readings) if target.partition("@")[0] in PER_DEVICE]
    if not hardware:
        return

    def shown(wanted: Sequence[str]) -> Sequence[str]:
        return [target for target in wanted if target in hardware] or hardware[: len(wanted)]

    name = measured.space.name
    yield (
        f"bands-{name}",
        f"{name}: predictive bands over a slice of the space",
        plot_bands(bench, measured, shown(SLICED), baseline),
    )
    yield f"layers-{name}", f"{name}: what one layer costs", plot_layer_costs(bench)
    yield f"drift-{name}", f"{name}: residuals over the campaign", plot_drift(bench, measured, shown(DRIFTING))
