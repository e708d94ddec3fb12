"""Standard errors of tables: against a plain twin, of all that ships, and towards the corners of a space."""

import numpy as np
import pytest

from hwbench_mo import load_benchmark
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.targets import OWN, Target
from tests.support.spaces import SMALL, TERMS, codes_of, random_model, slow_value

MEASURED = ("gpt_s", "gpt_m", "gpt_l")
spaces = pytest.mark.parametrize("name", MEASURED)


@pytest.mark.parametrize("by_position", [False, True])
@pytest.mark.parametrize("terms", [(), ("by_depth",), ("pairs",), ("products",), TERMS])
def test_a_table_error_is_its_plain_twin(by_position: bool, terms: tuple[str, ...]) -> None:
    rng = np.random.default_rng(0)
    models = [random_model(SMALL, rng, slots=SMALL.n_slots if by_position else 1, terms=terms) for _ in range(3)]
    parts = {name: np.stack([m.parts[name] for m in models], axis=-1) for name in models[0].parts}
    codes = codes_of(SMALL)
    expected = [np.sqrt(sum(slow_value(SMALL, model, code) ** 2 for model in models)) for code in codes]
    assert TableError(**parts).standard_error(SMALL, codes) == pytest.approx(expected, rel=1e-12)


@spaces
def test_standard_errors_of_everything_that_ships(name: str) -> None:
    bench = load_benchmark(name)
    codes = bench.space.sample(500, np.random.default_rng(0))
    for target in bench.targets:
        p = bench.predict(codes, target)
        if p.noise is None:
            assert (p.standard_error == 0).all()
            assert (p.support == 1).all()
        else:
            assert (p.standard_error > 0).all()
            assert (p.standard_error < 0.1 * p.median).all(), target
            assert ((p.support >= 0) & (p.support <= 1)).all()


@spaces
def test_standard_errors_grow_and_support_shrinks_towards_the_corners(name: str) -> None:
    bench = load_benchmark(name)
    space = bench.space
    rng = np.random.default_rng(0)
    middle = space.sample(300, rng)
    corner = middle.copy()
    corner[:, space.mlp_genes] = rng.integers(3, size=(300, 1))
    corner[:, space.head_genes] = rng.integers(3, size=(300, 1))
    corner = space.canonical(corner)
    # In campaigns of our own, corners were measured.
    for target in [name for name in bench.targets[:32] if Target.parse(name).device not in OWN]:
        near, far = (bench.predict(codes, target) for codes in (middle, corner))
        assert np.median(far.standard_error / far.median) > np.median(near.standard_error / near.median), target
        assert (far.support < 0.001).all()
        assert near.support.mean() == pytest.approx(0.5, abs=0.05)
