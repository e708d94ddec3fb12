"""The kernel that evaluates tables, against a plain twin."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo import load_benchmark
from hwbench_mo.surrogates.kernel import Kernel
from tests.support.spaces import TERMS, random_curve, random_model, slow_value, space_of

MEASURED = ("gpt_s", "gpt_m", "gpt_l")
spaces = pytest.mark.parametrize("name", MEASURED)


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True),
    st.integers(1, 3),
    st.integers(1, 3),
    st.booleans(),
    st.sets(st.sampled_from(TERMS)),
    st.integers(0, 2**32),
)
@settings(deadline=None)
def test_evaluator_agrees_with_its_plain_twin(
    depths: list[int], n_ratios: int, n_heads: int, by_position: bool, terms: set[str], seed: int
) -> None:
    space = space_of(depths, n_ratios, n_heads)
    rng = np.random.default_rng(seed)
    models = [random_model(space, rng, slots=space.n_slots if by_position else 1), random_model(space, rng, link="exp")]
    models.append(replace(random_model(space, rng), curve=random_curve(space, rng)))
    models.append(random_model(space, rng, slots=space.n_slots, terms=terms))
    codes = rng.integers(space.n_choices, size=(20, space.n_genes))  # not canonical: absent layers must not count
    values = Kernel(space, models)(codes)
    for code, row in zip(codes, values, strict=True):
        assert row[0] == slow_value(space, models[0], code)  # exact: entries are multiples of a power of two
        assert row[1] == pytest.approx(slow_value(space, models[1], code), rel=1e-15)
        assert row[3] == slow_value(space, models[3], code)
        assert row[2] == pytest.approx(slow_value(space, models[2], code), rel=1e-12)


@spaces
def test_a_batch_and_its_rows_agree_to_the_last_bit(name: str) -> None:
    bench = load_benchmark(name)
    codes = bench.space.sample(5000, np.random.default_rng(0))
    evaluator = bench.kernel(["latency@a100", "perplexity", "memory_float16"])
    batch = evaluator(codes)
    for row in (0, 17, 4999):
        assert (evaluator(codes[[row]])[:, [0, 2]] == batch[row, [0, 2]]).all()
        assert evaluator(codes[[row]])[0, 1] == pytest.approx(batch[row, 1], rel=1e-15)
