"""Architectures as JSON documents: there and back, and our checks against the schema that ships."""

import json
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwbench_mo import SPACES, Architecture, InputError, SearchSpace

SMALL = {"embed_dim": 64, "n_layer": 2, "mlp_ratio": [2, 3], "n_head": [1, 2], "bias": True}
FORMAT = {"format": "hwbench_mo.architecture/1"}


@given(st.sampled_from(list(SPACES.values())), st.integers(0, 2**32))
def test_an_architecture_comes_back_from_json(space: SearchSpace, seed: int) -> None:
    (architecture,) = space.decode(space.sample(1, np.random.default_rng(seed)))
    document = json.loads(json.dumps(architecture.to_dict()))
    assert Architecture.from_dict(document) == architecture
    assert (space.encode([Architecture.from_dict(document)]) == space.encode([architecture])).all()


def test_numpy_values_become_plain_ones() -> None:
    document = {**SMALL, "embed_dim": np.int64(64), "mlp_ratio": np.array([2, 3])}
    assert json.dumps(Architecture.from_dict(document).to_dict()) == json.dumps({**FORMAT, **SMALL})


def broken(**changes: Any) -> dict[str, Any]:
    document = {**deepcopy(SMALL), **changes}
    return {name: value for name, value in document.items() if value is not ...}


WRONG = [
    (5, "architecture is 5, but must be a mapping with embed_dim, n_layer, mlp_ratio, n_head, bias"),
    (broken(format="other/2"), "format is 'other/2', but this version of hwbench_mo reads 'hwbench_mo.architecture/1'"),
    (broken(n_heads=[1]), "unknown field of an architecture 'n_heads'; valid, nearest first: n_head, "),
    (broken(bias=..., n_head=...), "architecture lacks n_head, bias; it needs embed_dim, "),
    (broken(embed_dim=0), "embed_dim is 0, but must be at least 1"),
    (broken(embed_dim=True), "embed_dim is True, but must be an integer"),
    (broken(n_layer="2"), "n_layer is '2', but must be an integer"),
    (broken(mlp_ratio="23"), "mlp_ratio is '23', but must be a list with one entry a layer"),
    (broken(mlp_ratio=[2, -3]), r"mlp_ratio\[1\] is -3, but must be at least 1"),
    (broken(n_head=[1, None]), r"n_head\[1\] is None, but must be an integer"),
    (broken(bias=1), "bias is 1, but must be true or false"),
]


@pytest.mark.parametrize(("document", "message"), WRONG)
def test_what_breaks_the_schema_is_refused_in_a_line(document: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        Architecture.from_dict(document)


def test_lists_have_one_entry_a_layer() -> None:
    with pytest.raises(InputError, match="n_head has 1 entries, but n_layer is 2: one entry a layer"):
        Architecture.from_dict(broken(n_head=[1]))


@pytest.mark.parametrize("document", [SMALL, {**FORMAT, **SMALL}, *(document for document, _ in WRONG)])
def test_our_checks_are_those_of_the_schema(document: Any) -> None:
    validator = pytest.importorskip("jsonschema", reason="jsonschema is not installed").Draft202012Validator
    schema = Architecture.json_schema()
    validator.check_schema(schema)
    try:
        Architecture.from_dict(document)
        is_accepted = True
    except InputError:
        is_accepted = False
    assert validator(schema).is_valid(document) == is_accepted
