"""Own spaces with many choices are answered exactly, or refused."""

from typing import Any, cast

import numpy as np
import pytest

from hwbench_mo import InputError, SearchSpace, load_benchmark, make_problem
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from tests.support.spaces import random_model, slow_value

MANY = SearchSpace(
    name="many", embed_dim=(64, 128), n_layer=(1, 2), mlp_ratio=tuple(range(1, 301)), n_head=tuple(range(1, 401))
)
WIDE = SearchSpace(
    name="wide", embed_dim=tuple(range(64, 464)), n_layer=(1, 2), mlp_ratio=tuple(range(1, 121)), n_head=(1, 2)
)
HUGE = SearchSpace(
    name="huge", embed_dim=tuple(range(64, 1064)), n_layer=(1, 2, 3), mlp_ratio=tuple(range(1, 5001)), n_head=(1, 2)
)


@pytest.mark.parametrize("space", [MANY, WIDE])
def test_sums_are_those_of_the_plain_twin(space: SearchSpace) -> None:
    rng = np.random.default_rng(0)
    model = random_model(space, rng, slots=space.n_slots)
    codes = space.sample(50, rng)
    assert codes.max() > 255
    assert Kernel(space, [model])(codes)[:, 0].tolist() == [slow_value(space, model, code) for code in codes]


def test_keys_beyond_what_single_precision_holds_are_exact() -> None:
    space = SearchSpace(
        name="keys", embed_dim=tuple(range(64, 1064)), n_layer=(1, 2, 3), mlp_ratio=tuple(range(1, 1501)), n_head=(1,)
    )
    model = closed_form(space, "params")
    kernel = Kernel(space, [model])
    assert len(kernel._tables[0]) > 2**24
    codes = space.sample(200, np.random.default_rng(0))
    assert kernel(codes)[:, 0].tolist() == [slow_value(space, model, code) for code in codes]


def test_counts_of_many_choices() -> None:
    codes = MANY.sample(40, np.random.default_rng(0))
    codes[0, MANY.mlp_genes] = 150
    ratios, heads = MANY.counts(codes)
    assert ratios[0, 150] == MANY.depth(codes)[0]
    assert (ratios.sum(axis=1) == MANY.depth(codes)).all()
    assert (heads.sum(axis=1) == MANY.depth(codes)).all()


def test_the_front_of_many_choices_is_that_of_brute_force() -> None:
    space = SearchSpace(
        name="line", embed_dim=(64,), n_layer=(1,), mlp_ratio=tuple(range(1, 301)), n_head=(1, 2), bias=(True,)
    )
    problem = make_problem(space, ["params", "flops"])
    codes = np.array(list(space.enumerate()))
    values = problem.evaluate(codes)
    found = problem.pareto_front()
    assert (found.values == problem.evaluate(found.codes)).all()
    assert found.values[0].tolist() == values.min(axis=0).tolist()


def test_counts_beyond_exact_integers_are_refused() -> None:
    space = SearchSpace(name="vast", embed_dim=(2**26,), n_layer=(2,), mlp_ratio=(1, 2), n_head=(1, 2))
    with pytest.raises(InputError, match=r"params of space 'vast' is up to 5.41e\+16, but is exact up to 2\^53 alone"):
        make_problem(space, ["params", "flops"]).evaluate(space.sample(1, np.random.default_rng(0)))


def test_tables_that_would_fill_the_memory_are_refused() -> None:
    with pytest.raises(InputError, match=r"space 'huge' has too many choices: its tables would have"):
        make_problem(HUGE, ["params"]).evaluate(HUGE.sample(1, np.random.default_rng(0)))


def test_a_repeat_beyond_the_keys_is_refused() -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"], noise="sample")
    codes = problem.space.sample(2, np.random.default_rng(0))
    with pytest.raises(InputError, match="repeat is 4294967296, but must be below 4294967296"):
        problem.evaluate(codes, repeat=2**32)


def test_wrong_calls_are_answered_in_a_line() -> None:
    bench = load_benchmark("gpt_s")
    rng = np.random.default_rng(0)
    codes = bench.space.sample(3, rng)
    architecture: Any = bench.space.decode(codes[:1])[0]
    with pytest.raises(InputError, match=r"codes are architectures; encode them first: gpt_s\.encode"):
        bench.predict(architecture, "perplexity")
    with pytest.raises(InputError, match=r"codes are architectures"):
        bench.predict(cast(Any, [architecture]), "perplexity")
    with pytest.raises(InputError, match="codes are a masked array"):
        bench.predict(np.ma.masked_array(codes, mask=False), "perplexity")
    with pytest.raises(InputError, match="n is -1, but must be at least 0"):
        bench.space.sample(-1, rng)
    with pytest.raises(InputError, match="rng is 0, but must be a generator"):
        bench.space.sample(5, 0)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"unknown space \[\]"):
        load_benchmark([])  # type: ignore[call-overload]
    p = bench.predict(codes, "latency@a100")
    with pytest.raises(InputError, match="levels have type"):
        p.quantile("x")  # type: ignore[arg-type]
    assert p.quantile(0.95).shape == (3,)
    assert (p.quantile(0.95) == p.quantile([0.95])[:, 0]).all()
    assert bench.predict(codes, "params").quantile(0.5).shape == (3,)
