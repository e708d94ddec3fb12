"""Codes as configurations of Syne Tune."""

import numpy as np
import pytest

from hwbench_mo.spaces import get_space

pytest.importorskip("syne_tune", reason="Syne Tune is not installed")

from hwbench_mo.adapters.syne_tune import code_of, config_of, config_space


@pytest.mark.parametrize("name", ["gpt_s", "gpt_l_wide"])
def test_codes_are_configurations_and_back(name: str) -> None:
    space = get_space(name)
    domains = config_space(space)
    for code in space.sample(20, np.random.default_rng(0)):
        config = config_of(code)
        assert list(config) == list(domains)
        for gene, choice in config.items():
            assert domains[gene] == choice or domains[gene].is_valid(choice)
        assert (code_of(space, config) == code).all()
