"""The explorer's page: one file, which loads nothing."""

from collections.abc import Sequence
from importlib.resources import files
from string import Template

from experiments.reports.explorer.data import packed

SCRIPTS = ("tables", "search", "words", "drawing", "explorer")
"""In this order, each after those that it uses."""


def explorer_page(spaces: Sequence[str]) -> str:
    """The page for some spaces, the first of which is shown first."""
    return Template(_asset("page.html")).substitute(
        style=_asset("page.css"),
        data=packed(spaces),
        scripts="\n".join(_asset(f"{name}.js") for name in SCRIPTS),
    )


def _asset(name: str) -> str:
    return files("experiments.reports.explorer").joinpath("assets", name).read_text(encoding="utf-8")
