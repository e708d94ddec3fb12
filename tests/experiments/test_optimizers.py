"""The table of optimizers in the docs, and the costs of suggestions that it shows."""

import re
from pathlib import Path

import pytest

from experiments.optimizers import DOCUMENT, with_table
from experiments.reports.optimizers import facts_of, markdown_table, measured_costs
from experiments.sweeps.catalogue import choices
from hwbench_mo import InputError
from studies import suggestion_cost
from tests.support.commands import run


def test_the_table_of_optimizers_is_up_to_date() -> None:
    """If not: python -m experiments.optimizers."""
    text = DOCUMENT.read_text()
    assert with_table(text) == text
    for facts in map(facts_of, choices("optimizer")):
        assert re.fullmatch(r".+, \d{4}", facts.paper), facts
    with pytest.raises(InputError, match="must hold <!-- begin optimizers -->"):
        with_table("no table")


def test_the_table_of_optimizers_names_libraries_and_measured_costs(tmp_path: Path) -> None:
    expected = {"nsga2": "pymoo", "moead": "pymoo", "age_moea2": "pymoo", "motpe": "Optuna", "random_search": "own"}
    assert {name: facts_of(name).library for name in expected} == expected
    costs = tmp_path / "costs.csv"
    costs.write_text("name,batch_size,milliseconds\nnsga2,100,0.75\n")
    rows = {row.split("`")[1]: row for row in markdown_table(costs).splitlines()[2:]}
    assert "| population | yes | 100 | 0.75 | `pop_size=100` |" in rows["nsga2"]
    assert "| population | yes | not measured | not measured |" in rows["nsga3"]
    assert "0.75" not in markdown_table(tmp_path / "none.csv")


def test_costs_of_suggestions_are_measured_and_others_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    costs = tmp_path / "costs.csv"
    costs.write_text("name,batch_size,milliseconds\nmotpe,1,9\nrandom_search,1,1000\n")
    monkeypatch.setattr(suggestion_cost, "COSTS", costs)
    assert suggestion_cost.main(["random_search"]) == 0
    measured = measured_costs(costs)
    assert measured["motpe"] == {"batch_size": "1", "milliseconds": "9"}
    assert measured["random_search"]["batch_size"] == "1000"
    assert 0 < float(measured["random_search"]["milliseconds"]) < 100

    def refuse(name: str) -> dict[str, str]:
        raise InputError(f"optimizer {name} needs what is not installed")

    monkeypatch.setattr(suggestion_cost, "measured", refuse)
    assert suggestion_cost.main(["motpe"]) == 0
    assert "skipped: optimizer motpe needs" in capsys.readouterr().out
    assert measured_costs(costs) == measured
    assert suggestion_cost.main(["nothing"]) == 2


def test_the_page_is_written_only_when_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "optimizers.md"
    page.write_text("<!-- begin optimizers --><!-- end optimizers -->")
    monkeypatch.setattr("experiments.optimizers.DOCUMENT", page)
    helped, mistaken = run("experiments.optimizers", "--help"), run("experiments.optimizers", "nsga2")
    assert (helped.returncode, mistaken.returncode) == (0, 2)
    assert page.read_text() == "<!-- begin optimizers --><!-- end optimizers -->"
    assert run("experiments.optimizers").returncode == 0
    assert "| `nsga2` |" in page.read_text()
