"""What a function of counts is told, against architectures counted one by one."""

import numpy as np
import pytest

import hwbench_mo as hb
from tests.support.spaces import SMALL


def test_counts_are_those_of_the_architectures() -> None:
    codes = SMALL.sample(20, np.random.default_rng(0))
    counts = hb.LayerCounts.of(SMALL, codes)
    assert len(counts) == 20
    for row, one in enumerate(SMALL.decode(codes)):
        assert (counts.embed_dim[row], counts.n_layer[row], counts.bias[row]) == (one.embed_dim, one.n_layer, one.bias)
        assert counts.mlp_ratio[row].tolist() == [one.mlp_ratio.count(choice) for choice in SMALL.mlp_ratio]
        assert counts.n_head[row].tolist() == [one.n_head.count(choice) for choice in SMALL.n_head]
        assert (counts.total_heads[row], counts.total_mlp_ratio[row]) == (sum(one.n_head), sum(one.mlp_ratio))


def test_tables_are_summed_over_layers() -> None:
    codes = SMALL.sample(20, np.random.default_rng(0))
    counts, table = hb.LayerCounts.of(SMALL, codes), {2: 0.5, 4: 3.0}
    by_width = np.array([[1.0, 2.0, 4.0]]) * counts.embed_dim[:, None]
    found = counts.sum_of(mlp_ratio=[0.5, 3.0], n_head=by_width)
    plain = [
        sum(table[ratio] for ratio in one.mlp_ratio) + one.embed_dim * sum(one.n_head) for one in SMALL.decode(codes)
    ]
    np.testing.assert_allclose(found, plain)
    with pytest.raises(hb.InputError, match=r"table of n_head has shape \(2,\), but needs \[3\] or \[20, 3\]"):
        counts.sum_of(n_head=[1.0, 2.0])
