"""Tables whose sums are exact."""

import numpy as np

from hwbench_mo.surrogates.additive import quantise


def test_quantised_sums_are_exact_in_any_order() -> None:
    rng = np.random.default_rng(0)
    tables, _ = quantise({"all": rng.lognormal(0, 3, 200)})
    shuffled = [rng.permutation(tables["all"]) for _ in range(20)]
    assert len({float(np.cumsum(entries)[-1]) for entries in shuffled}) == 1
    assert len({float(np.cumsum(rng.permutation(rng.lognormal(0, 3, 200)))[-1]) for _ in range(2)}) == 2
