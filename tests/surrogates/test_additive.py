"""Tables whose sums are exact."""

from dataclasses import replace

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.surrogates.additive import quantise
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.surrogates.table_error import TableError
from tests.support.spaces import SMALL, TERMS, codes_of, random_model


def test_quantised_sums_are_exact_in_any_order() -> None:
    rng = np.random.default_rng(0)
    tables, _ = quantise({"all": rng.lognormal(0, 3, 200)})
    shuffled = [rng.permutation(tables["all"]) for _ in range(20)]
    assert len({float(np.cumsum(entries)[-1]) for entries in shuffled}) == 1
    assert len({float(np.cumsum(rng.permutation(rng.lognormal(0, 3, 200)))[-1]) for _ in range(2)}) == 2


def test_a_restricted_model_with_all_terms_answers_alike() -> None:
    target = replace(SMALL, name="mine", embed_dim=(128,), n_head=(1, 4), bias=(True,))
    model = random_model(SMALL, np.random.default_rng(0), slots=SMALL.n_slots, terms=TERMS)
    codes = codes_of(target)
    same = SMALL.encode(target.decode(codes))
    expected = Kernel(SMALL, [model])(same)
    assert (Kernel(target, [model.restrict(SMALL, target)])(codes) == expected).all()
    error = TableError(**{name: table[..., None] for name, table in model.parts.items()})
    assert error.restrict(SMALL, target).standard_error(target, codes) == pytest.approx(np.abs(expected[:, 0]))


@pytest.mark.parametrize("name", ["base", "mlp", "head_by_depth", "mlp_pairs", "products"])
def test_tables_of_another_shape_are_refused(name: str) -> None:
    model = random_model(SMALL, np.random.default_rng(0), slots=SMALL.n_slots, terms=TERMS)
    short = model.parts[name][..., :-1]
    with pytest.raises(InputError, match=f"table {name} has shape .* but 'small' needs"):
        model.with_parts(**{name: short}).check_fits(SMALL)
    with pytest.raises(InputError, match=f"table {name} has shape"):
        model.with_parts(**{name: short[0]})
