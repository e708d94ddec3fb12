"""An architecture as a JSON document: its schema, and the checks that the schema stands for."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np

from hwbench_mo.checks import check_count, check_flag
from hwbench_mo.errors import InputError, InputTypeError, unknown

FORMAT = "hwbench_mo.architecture/1"
"""Kind and version of the documents that are written; a change that older readers would misread takes a new number."""
SCALARS = ("embed_dim", "n_layer")
LISTS = ("mlp_ratio", "n_head")
FIELDS = ("embed_dim", "n_layer", "mlp_ratio", "n_head", "bias")


def architecture_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12), as the package ships it.

    >>> architecture_schema()["required"]
    ['embed_dim', 'n_layer', 'mlp_ratio', 'n_head', 'bias']
    """
    text = files("hwbench_mo.spaces").joinpath("architecture.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def check_document(document: object) -> dict[str, Any]:
    """The fields of an architecture, if the document keeps to the schema.

    Raises
    ------
    InputError
        Names the field, its value and the rule. Whether lists have ``n_layer`` entries is for `Architecture` to check.
    """
    if not isinstance(document, Mapping):
        raise InputTypeError(f"architecture is {document!r}, but must be a mapping with {', '.join(FIELDS)}")
    if (found := document.get("format", FORMAT)) != FORMAT:
        raise InputError(f"format is {found!r}, but this version of hwbench_mo reads {FORMAT!r}")
    for name in document:
        if name not in ("format", *FIELDS):
            raise unknown("field of an architecture", name, FIELDS)
    if missing := [name for name in FIELDS if name not in document]:
        raise InputError(f"architecture lacks {', '.join(missing)}; it needs {', '.join(FIELDS)}")
    for name in SCALARS:
        check_count(name, document[name])
    for name in LISTS:
        entries = document[name]
        if not isinstance(entries, list | tuple | np.ndarray):
            raise InputTypeError(f"{name} is {entries!r}, but must be a list with one entry a layer")
        for layer, entry in enumerate(entries):
            check_count(f"{name}[{layer}]", entry)
    check_flag("bias", document["bias"])
    return {
        **{name: int(document[name]) for name in SCALARS},
        **{name: tuple(int(entry) for entry in document[name]) for name in LISTS},
        "bias": document["bias"],
    }
