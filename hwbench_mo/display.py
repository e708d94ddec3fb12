"""How results show themselves in an interpreter and in a notebook: in a few lines, whatever their size."""

import html
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from hwbench_mo.typing import Floats

if TYPE_CHECKING:
    import pandas as pd

ROWS = 10
"""Of a table in a notebook, at most."""


def between(name: str, values: Sequence[float] | Floats, unit: str = "") -> str:
    """A name with the range of its values.

    >>> between("latency@a100", [32.88, 10.5], "ms")
    'latency@a100 10.5 to 32.88 ms'
    >>> between("params", [])
    'params of none'
    """
    if not len(values):
        return f"{name} of none"
    low, high = f"{min(values):.4g}", f"{max(values):.4g}"
    return f"{name} {low if low == high else f'{low} to {high}'} {unit}".rstrip()


def as_html(caption: str, to_frame: "Callable[[], pd.DataFrame]") -> str:
    """The first rows of a table, with a caption; everything is escaped. Without pandas, the caption alone.

    >>> import pandas as pd
    >>> as_html("a < b", lambda: pd.DataFrame({"x": [1]})).startswith("<p>a &lt; b</p>")
    True
    """
    if find_spec("pandas") is None:
        return f"<p>{html.escape(caption)}</p>"
    table = to_frame()
    more = f"<p>{len(table) - ROWS:,} more rows: <code>to_frame()</code></p>" if len(table) > ROWS else ""
    rows = table.head(ROWS).to_html(border=0, index=False, escape=True, float_format="{:.6g}".format)
    return f"<p>{html.escape(caption)}</p>{rows}{more}"
