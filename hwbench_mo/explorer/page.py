"""The page: one file with everything that it needs, which loads nothing."""

import html
import json
from collections.abc import Sequence
from importlib.resources import files
from string import Template

from hwbench_mo.benchmark import Benchmark
from hwbench_mo.errors import InputError
from hwbench_mo.explorer.tables import tables_of
from hwbench_mo.version import __version__

SCRIPTS = (
    "space", "orders", "limits", "cells", "front", "prediction", "format", "state", "answer", "chart", "layers",
    "numbers", "devices", "copying", "inputs", "controls", "page",
)  # fmt: skip
"""In this order, each after those that it uses."""


def page_of(benchmarks: Sequence[Benchmark], *, options: str = "") -> str:
    """The page of some spaces, as HTML.

    Parameters
    ----------
    options
        What commands that the page shows need besides, such as ``--devices my_tables``.

    Raises
    ------
    InputError
        If there is no space, or one was not measured.
    """
    if not benchmarks:
        raise InputError("a page needs at least one space, such as gpt_s")
    for benchmark in benchmarks:
        if "perplexity" not in benchmark.models:
            raise InputError(f"space {benchmark.space.name!r} has no perplexity; the page shows gpt_s, gpt_m and gpt_l")
    data = {
        "version": __version__,
        "options": options,
        "spaces": [tables_of(benchmark) for benchmark in benchmarks],
    }
    return Template(_asset("page.html")).substitute(
        version=html.escape(__version__),
        style=_asset("page.css") + _asset("print.css"),
        data=as_script(json.dumps(data, allow_nan=False, separators=(",", ":"))),
        scripts="\n".join(_asset(f"{name}.js") for name in SCRIPTS),
    )


def as_script(text: str) -> str:
    r"""JSON that no text within it can end the script element of.

    >>> as_script('["</script>"]')
    '["\\u003c/script>"]'
    """
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _asset(name: str) -> str:
    return files("hwbench_mo.explorer").joinpath("assets", name).read_text(encoding="utf-8")
