"""What the tests of supernets share: a small space, a page of text, and settings."""

from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.supernet.settings import Settings

TOY = SearchSpace(
    name="toy_net", embed_dim=(8, 16), n_layer=(1, 2), mlp_ratio=(1, 2), n_head=(1, 2), batch_size=1, vocabulary=300
)
WORDS = ("front", "space", "exact", "every", "layer", "adds", "what", "costs", "those", "below", "table", "width")


def write_text(folder: Path, n: int = 40) -> None:
    """Documents of words that follow each other by habit, so that there is something to learn."""
    rng = np.random.default_rng(0)
    for i in range(n):
        place = rng.integers(len(WORDS))
        words = []
        for _ in range(60):
            place = (place + 1) % len(WORDS) if rng.random() < 0.8 else rng.integers(len(WORDS))
            words.append(WORDS[place])
        (folder / f"page-{i:02}.txt").write_text(" ".join(words), encoding="utf-8")


def toy_settings(**changes: Any) -> Settings:
    fields: dict[str, Any] = {"space": TOY, "steps": 12, "sequence": 16, "batch": 4, "warm_up": 2, "random": 1}
    fields |= {"learning_rate": 1e-2, "checkpoint_every": 5, "validate_every": 100}
    return Settings(**{**fields, **changes})
