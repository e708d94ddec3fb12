"""Spaces of one's own in JSON files."""

from pathlib import Path

import pytest

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SPACES, SearchSpace
from hwbench_mo.spaces.files import SPACE, as_text, find_space, read_space_file, space_of, spaces_in

MINE = SearchSpace(name="mine", embed_dim=(8,), n_layer=(1, 2), mlp_ratio=(2,), n_head=(1, 2), vocabulary=300)


def test_it_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "any.json"
    path.write_text(as_text(MINE))
    assert read_space_file(path) == find_space(str(path)) == MINE
    assert find_space("gpt_s") is SPACES["gpt_s"]
    assert "vocabulary" not in SPACES["gpt_s"].facts


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "../x"}, r"name is '../x', but must be of lower-case letters"),
        ({"name": "gpt_s"}, "'gpt_s' is the name of a space that ships, with other choices"),
        ({"widths": [1]}, "'widths' is nothing that a space has"),
        ({"n_head": [2, 1]}, "needs ascending, distinct choices"),
        ({"vocabulary": 1}, "vocabulary of space 'mine' is 1, but must be at least 2"),
        ({"vocabulary": "x"}, "vocabulary of space 'mine' is 'x', but must be an integer"),
    ],
)
def test_a_mistake_is_named(change: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        space_of({**MINE.facts, **change}, "mine.json")


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"mine.json: n_layer is missing"):
        space_of({"name": "mine", "embed_dim": [1]}, "mine.json")
    with pytest.raises(InputError, match="must hold a JSON object"):
        space_of([], "mine.json")
    with pytest.raises(InputError, match="cannot be read"):
        find_space(str(tmp_path / "no.json"))
    (tmp_path / "no.json").write_text("{")
    with pytest.raises(InputError, match="is not JSON"):
        find_space(str(tmp_path / "no.json"))


def test_spaces_of_a_folder(tmp_path: Path) -> None:
    for name in ("gpt_m", "mine"):
        (tmp_path / name).mkdir()
    (tmp_path / "mine" / SPACE).write_text(as_text(MINE))
    assert spaces_in(tmp_path) == [SPACES["gpt_m"], MINE]
    (tmp_path / "mine").rename(tmp_path / "other")
    with pytest.raises(InputError, match="is the space 'mine', but its folder is 'other'; rename it"):
        spaces_in(tmp_path)
