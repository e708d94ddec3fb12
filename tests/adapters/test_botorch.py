"""Features of architectures for Gaussian processes."""

import numpy as np
import pytest

from hwbench_mo.adapters.botorch import features
from hwbench_mo.spaces import get_space


def test_features_of_architectures() -> None:
    space = get_space("gpt_s")
    found = features(space, space.sample(99, np.random.default_rng(0)))
    assert found.shape == (99, 3 + 3 + 3 + 2)
    assert found[:, 3:6].sum(axis=1) == pytest.approx(found[:, 6:9].sum(axis=1))
