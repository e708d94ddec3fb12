"""Terms of the quality fits: tables are what the regressors say, and what is there is found."""

from itertools import product

import numpy as np
import pytest

from hwbench_mo import SearchSpace
from hwbench_mo.fitting.positions import Penalty, PositionRidge, tables_of
from hwbench_mo.fitting.quality import PERPLEXITY, QualityData, QualityTerms
from hwbench_mo.fitting.term_selection import select_terms
from hwbench_mo.fitting.terms import LADDER, Terms
from hwbench_mo.surrogates import AdditiveModel
from hwbench_mo.surrogates.kernel import Kernel
from tests.support.spaces import SMALL, codes_of, random_model, slow_value

TOY = SearchSpace(name="toy", embed_dim=(64, 128), n_layer=(3, 4), mlp_ratio=(2, 3, 4), n_head=(1, 2, 4))
LIGHT = Penalty(own=1e-6, mean=1e-6, neighbours=1e-6)


@pytest.mark.parametrize("terms", [Terms(*which) for which in product([False, True], repeat=3)])
def test_tables_are_what_coefficients_answer(terms: Terms) -> None:
    codes = codes_of(SMALL)
    ridge = PositionRidge.of(SMALL, codes, terms)
    coefficients = np.random.default_rng(0).normal(size=(2, ridge.x.shape[1]))
    tables = tables_of(SMALL, coefficients[..., None], terms)
    model = AdditiveModel(**{name: table[..., 0] for name, table in tables.items()})  # type: ignore[arg-type]
    answers = [slow_value(SMALL, model, code) for code in codes]
    assert ridge.apply(coefficients) == pytest.approx(answers, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("terms", LADDER[1:], ids=lambda terms: "+".join(terms.names))
def test_terms_that_are_there_are_recovered(terms: Terms) -> None:
    rng = np.random.default_rng(0)
    truth = random_model(TOY, rng, slots=TOY.n_slots, terms=terms.names)
    # What bias changes of terms is not modelled.
    truth = truth.with_parts(
        **{
            name: np.repeat(table[:, :1], 2, axis=1)
            for name, table in truth.parts.items()
            if name not in ("base", "mlp")
        }
    )
    codes = TOY.sample(3000, rng)
    values = Kernel(TOY, [truth])(codes)[:, 0]
    train = np.arange(3000) < 2500
    ridge = PositionRidge.of(TOY, codes, terms)
    answers = ridge.apply(ridge.take(train).fit(values[train], LIGHT))
    assert answers[~train] == pytest.approx(values[~train], abs=5e-3)


def test_cross_validation_chooses_the_terms_that_are_there() -> None:
    rng = np.random.default_rng(0)
    codes = TOY.sample(1500, rng)

    def quality(terms: tuple[str, ...]) -> QualityData:
        model = random_model(TOY, rng, slots=TOY.n_slots, link="exp", terms=terms)
        scaled = model.scaled(np.full((2, 2), 0.05))
        log_perplexity = np.log(Kernel(TOY, [scaled])(codes)[:, 0]) + rng.normal(0, 0.002, len(codes))
        network = np.exp(log_perplexity + rng.normal(0, 0.002, len(codes)))
        return QualityData(TOY, codes, np.exp(log_perplexity), 0.9 - 0.1 * log_perplexity, network)

    everything = np.ones(len(codes), dtype=bool)
    assert select_terms(quality(()), everything) in [QualityTerms(penalty=penalty) for penalty in PERPLEXITY]
    found = select_terms(quality(("by_depth", "pairs")), everything)
    assert found.prior == Terms(by_depth=True, pairs=True)
    assert found.facts["perplexity"]["prior_terms"] == ["by_depth", "pairs"]
