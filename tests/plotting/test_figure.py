"""Pictures are written whole or not at all, in readable units, and matplotlib is asked for by name."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.plotting import Page, legend_below, new_figure, panels, readable, save_picture
from tests.support.spaces import ROOT


def test_a_picture_replaces_an_older_one_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    path = tmp_path / "new" / "picture.png"
    figure, (first, second) = panels(["one", "two"])
    lines = [axes.plot([0, 1], [1, 0])[0] for axes in (first, second)]
    legend_below(figure, lines, ["this", "that"])
    save_picture(figure, path)
    with Image.open(path) as image:
        assert image.mode == "P"  # a palette of at most 256 colours
        assert image.size == (495, 341)
    before = path.read_bytes()

    save = Image.Image.save

    def fill_the_disk(image: Image.Image, file: Any, **settings: Any) -> None:
        save(image, file, **settings)
        if isinstance(file, Path):
            raise OSError("the disk is full")

    monkeypatch.setattr(Image.Image, "save", fill_the_disk)
    with pytest.raises(OSError, match="the disk is full"):
        save_picture(figure, path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("form", ["pdf", "svg"])
def test_pictures_of_lines_are_reproducible_and_their_fonts_are_for_journals(form: str, tmp_path: Path) -> None:
    contents = set()
    for name in "ab":
        with Page(3.3).styled():
            figure = new_figure(3.3, 2)
            figure.subplots().set_title("title")
            save_picture(figure, tmp_path / f"{name}.{form}")
        contents.add((tmp_path / f"{name}.{form}").read_bytes())
    (content,) = contents
    assert content.startswith({"pdf": b"%PDF", "svg": b"<?xml"}[form])
    assert b"/Type3" not in content
    with pytest.raises(InputError, match="unknown picture format 'gif'; valid, nearest first: png"):
        save_picture(figure, tmp_path / "picture.gif")


def test_large_counts_are_shown_in_millions() -> None:
    assert readable("params", np.array([1e6, 2e8])) == (1e-6, "params (millions)")
    assert readable("macs", np.array([2e9])) == (1e-9, "macs (billions)")


def test_panels_come_without_surplus() -> None:
    figure, axes = panels(list("abcd"), columns=3)
    assert [one.get_title() for one in axes] == list("abcd") == [one.get_title() for one in figure.axes]


def test_small_energies_are_shown_in_milliwatt_hours() -> None:
    assert readable("energy@a100", np.array([0.002, 0.09])) == (1000.0, "energy@a100 (mWh)")
    assert readable("energy@a100", np.array([0.002, 0.11])) == (1.0, "energy@a100 (Wh)")
    assert readable("perplexity", np.array([0.002])) == (1.0, "perplexity")


def test_a_missing_matplotlib_is_asked_for_by_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(InputError, match=r"^pictures need matplotlib: pip install .*'.\[harness\]'$"):
        new_figure(3, 3)


def test_matplotlib_is_imported_when_a_picture_is_drawn() -> None:
    script = "import sys, hwbench_mo.plotting, hwbench_mo.validation.judge; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "matplotlib" not in ran.stdout.split()
