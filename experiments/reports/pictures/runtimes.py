"""How soon optimizers reach targets of regret, over all problems."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.reports.pictures.curves import AXIS_LABELS
from experiments.reports.pictures.names import MOST, label_of
from hwbench_mo.assessment.comparison import Comparison
from hwbench_mo.assessment.run_curves import TARGETS
from hwbench_mo.assessment.runtime import Axis, runtime_table
from hwbench_mo.plotting import SCREEN, End, Page, label_ends, new_figure, styles_of, tidy, tight

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_runtimes(comparisons: Sequence[Comparison], page: Page = SCREEN, against: Axis = "evaluations") -> "Figure":
    """The empirical distribution of runtimes (Hansen et al., 2021): the share of (run, target) pairs that were reached
    by then.

    Of optimizers that ran on fewer problems than others the label says on how many.
    """
    table = runtime_table(comparisons, axis=against)
    by_name = {str(name): rows for name, rows in table.groupby("optimizer", sort=False)}
    order = sorted(by_name, key=lambda name: -by_name[name]["share"].iloc[-1])
    shown = order[:MOST]
    styles = styles_of(shown)
    width = page.inches(8)
    figure = new_figure(width, width * (0.85 if page.is_narrow else 0.55) + 0.4)
    axes = figure.subplots()
    last = _last(comparisons, against)
    most = max((int(rows["problems"].iloc[0]) for rows in by_name.values()), default=0)
    ends = []
    for name in reversed(order):
        budget, share = by_name[name]["budget"].to_numpy(), by_name[name]["share"].to_numpy()
        n = int(by_name[name]["problems"].iloc[0])
        end = max(last.get(name, budget[-1]), budget[-1])
        x, y = np.append(budget, end), np.append(share, share[-1])
        if name not in styles:
            axes.step(x, y, where="post", color="0.75", linewidth=0.6, zorder=1)
            continue
        style = styles[name]
        axes.step(x, y, where="post", color=style.colour, linestyle=style.dashes, label=name, zorder=3)
        note = f"{n} of {most} problems" if n < most else ""
        ends.append(End(float(end), float(share[-1]), label_of(name, page, note=note), style.colour))
    top = min(1.0, 1.15 * float(table["share"].max())) if len(table) else 1.0
    axes.set(xscale="log", xlabel=AXIS_LABELS[against], ylabel="share of targets reached", ylim=(0, top))
    axes.xaxis.set_major_formatter("{x:g}")
    tight(axes)
    tidy(axes)
    problems = "1 problem" if len(comparisons) == 1 else f"{len(comparisons)} problems"
    lines = [f"runtimes to {len(TARGETS)} targets of hypervolume regret, {TARGETS[0]:g} to {TARGETS[-1]:g}, {problems}"]
    lines += [f"the best {MOST} of {len(order)} optimizers; the others in grey"] if len(order) > MOST else []
    figure.suptitle("\n".join(page.wrapped(line, on_screen=width) for line in lines), fontsize="medium")
    label_ends(figure, {axes: ends})
    return figure


def _last(comparisons: Sequence[Comparison], against: Axis) -> dict[str, float]:
    """When the last run of each optimizer ended: until then, what was not reached was still searched for."""
    found: dict[str, float] = {}
    for comparison in comparisons:
        for group in comparison.groups:
            ends = [float(getattr(run, against)[-1]) for run in group.runs]
            found[group.label] = max([found.get(group.label, 0.0), *(end for end in ends if end == end)])
    return found
