"""Labels at the ends of lines cover neither each other nor the axes, however many and wherever lines end."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwbench_mo.plotting import End, Page, label_ends, new_figure
from hwbench_mo.plotting.direct_labels import spread


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.001, 0.05)), min_size=1, max_size=17))
def test_labels_are_set_apart_in_their_order(labels: list[tuple[float, float]]) -> None:
    wanted, heights = np.array(labels).T
    found = spread(wanted, heights)
    order = np.argsort(wanted, kind="stable")
    edges = np.stack([found - heights / 2, found + heights / 2])[:, order]
    assert (edges[0, 1:] >= edges[1, :-1] - 1e-9).all()
    assert edges[0, 0] >= -1e-9
    assert edges[1, -1] <= 1 + 1e-9


def test_labels_with_place_stay_where_they_are() -> None:
    wanted = np.array([0.9, 0.1, 0.5])
    assert spread(wanted, np.full(3, 0.1)) == pytest.approx(wanted)


@pytest.mark.parametrize("width", [None, 3.3])
@pytest.mark.parametrize("ends", ["one place", "below the axes", "spread"])
def test_seventeen_labels_on_a_picture(width: float | None, ends: str) -> None:
    from matplotlib.text import Text

    page = Page(width)
    with page.styled():
        figure = new_figure(page.inches(6), page.inches(6) * 0.7)
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1])
        axes.set_ylim(0, 1)
        y = {"one place": np.full(17, 0.5), "below the axes": np.full(17, -3.0), "spread": np.linspace(0, 1, 17)}[ends]
        label_ends(figure, {axes: [End(1.0, float(one), f"optimizer_{n}", "C0") for n, one in enumerate(y)]})
        figure.draw_without_rendering()
    # Of the text alone: that of an annotation has its line, too.
    boxes = sorted((Text.get_window_extent(note) for note in axes.texts), key=lambda box: float(box.y0))
    overlaps = [lower.y1 - upper.y0 for lower, upper in pairwise(boxes)]
    assert max(overlaps) < 0.35 * boxes[0].height  # of boxes that have place for letters with accents
    axes_box = axes.get_window_extent()
    assert all(text.get_position()[0] > 1 for text in axes.texts)
    assert max(box.x1 for box in boxes) <= figure.bbox.x1 + 1
    assert axes_box.width > 0.4 * figure.bbox.width
