"""A space of one's own as a JSON file."""

import json
from pathlib import Path
from typing import Any

from hwbench_mo.errors import InputError
from hwbench_mo.spaces.catalogue import MEASURED, SPACES, get_space
from hwbench_mo.spaces.full import SearchSpace
from hwbench_mo.targets import DEVICE_NAME

SPACE = "space.json"
"""In a folder of measurements of a space of one's own."""
NEEDED = ("name", "embed_dim", "n_layer", "mlp_ratio", "n_head")
OPTIONAL = ("bias", "batch_size", "vocabulary")


def find_space(text: str) -> SearchSpace:
    """The space of that name, or of a JSON file: ``gpt_s``, or ``my_space.json``.

    Raises
    ------
    InputError
        If there is no such space or file, or the file holds no space.
    """
    if text.endswith(".json"):
        return read_space_file(Path(text))
    return get_space(text)


def space_of(facts: Any, where: object) -> SearchSpace:
    """The space that a JSON object says: `hwbench_mo.spaces.Coding.facts`.

    Raises
    ------
    InputError
        If it says none, or a name of those that ship with other choices.

    Examples
    --------
    >>> facts = {"name": "mine", "embed_dim": [64], "n_layer": [1, 2], "mlp_ratio": [2], "n_head": [1, 2]}
    >>> space_of(facts, "mine.json").size
    12
    """
    if not isinstance(facts, dict):
        raise InputError(f"{where} must hold a JSON object with {', '.join(NEEDED)}")
    for name in facts:
        if name not in (*NEEDED, *OPTIONAL):
            raise InputError(f"{where}: {name!r} is nothing that a space has: {', '.join((*NEEDED, *OPTIONAL))}")
    for name in NEEDED:
        if name not in facts:
            raise InputError(f"{where}: {name} is missing")
    name = facts["name"]
    if not isinstance(name, str) or not DEVICE_NAME.fullmatch(name):
        raise InputError(f"{where}: name is {name!r}, but must be of lower-case letters, digits and underscores")
    try:
        space = SearchSpace(**facts)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    if name in SPACES and SPACES[name] != space:
        raise InputError(f"{where}: {name!r} is the name of a space that ships, with other choices; choose another")
    return space


def read_space_file(path: Path) -> SearchSpace:
    """The space of a JSON file.

    Raises
    ------
    InputError
        If the file cannot be read, or holds no space.
    """
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON: {str(error)[:100]}") from None
    return space_of(facts, path)


def as_text(space: SearchSpace) -> str:
    """The JSON of a space: what `read_space_file` reads."""
    return json.dumps(space.facts) + "\n"


def spaces_in(folder: Path) -> list[SearchSpace]:
    """The spaces that a folder of measurements holds: those that ship, and those of one's own.

    Raises
    ------
    InputError
        If a space's file is broken, or is not named as its folder is.
    """
    found = [get_space(name) for name in MEASURED if (folder / name).is_dir()]
    for path in sorted(folder.glob(f"[!.]*/{SPACE}")):
        space = read_space_file(path)
        if space.name != path.parent.name:
            raise InputError(f"{path} is the space {space.name!r}, but its folder is {path.parent.name!r}; rename it")
        if space.name not in MEASURED:
            found.append(space)
    return found
