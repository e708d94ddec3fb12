"""How pictures of the gallery look: as the project's others do."""

from typing import Any


def reset(gallery_conf: dict[str, Any], name: str) -> None:
    """Called by sphinx-gallery before each example, after matplotlib's own settings are back."""
    import matplotlib as mpl

    mpl.rcParams.update(
        {
            "axes.grid": True,
            "grid.alpha": 0.25,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "figure.dpi": 100,
            "savefig.dpi": 100,
        }
    )
