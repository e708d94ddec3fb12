"""A picture of a campaign: errors of the tables over what was measured, and architectures that came back over time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.measurements import Measurements
from hwbench_mo.plotting import COLOURS, GREY, legend_below, panels, readable
from hwbench_mo.profiling.report import Judged, reference_ratios, repeated

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(measured: Measurements, judged: Sequence[Judged]) -> "Figure":
    """Two panels a target: relative errors by architecture, and the drift that reference architectures show."""
    device = next(iter(measured.protocols), "")
    titles = [title for one in judged for title in (one.target, f"{one.target.partition('@')[0]}: references")]
    figure, axes = panels(titles, columns=2 * min(2, len(judged)), size=2.8)
    handles = []
    for one, (left, right) in zip(judged, zip(axes[::2], axes[1::2], strict=True), strict=True):
        factor, label = readable(one.target, one.measured)
        errors = 100 * (one.predicted / one.measured - 1)
        handles = [
            left.plot(factor * one.measured[rows], errors[rows], marker, color=colour, markersize=4, label=name)[0]
            for rows, marker, colour, name in (
                (~one.held_out & ~one.corner, ".", GREY, "in the fit"),
                (~one.held_out & one.corner, "s", GREY, "in the fit, corner"),
                (one.held_out & ~one.corner, ".", COLOURS[1], "held out"),
                (one.held_out & one.corner, "s", COLOURS[1], "held out, corner"),
            )
        ]
        left.axhline(0, color="black", linewidth=0.8)
        left.set_xlabel(label, fontsize="small")
        left.set_ylabel("error of the tables (%)", fontsize="small")
        rows = repeated(measured, one.target)
        right.plot(measured.campaign_index[rows], 100 * reference_ratios(measured, one.target), ".-", color=COLOURS[0])
        right.axhline(0, color="black", linewidth=0.8)
        right.set_xlabel("campaign_index", fontsize="small")
        right.set_ylabel("against own median (%)", fontsize="small")
    legend_below(figure, handles, [str(handle.get_label()) for handle in handles], columns=4)
    shown = measured.protocols.get(device, {}).get("device_name", device)
    figure.suptitle(
        f"{measured.space.name} on {device} ({shown}): {len(np.unique(measured.codes, axis=0))} architectures"
    )
    return figure
