"""Forms of tables: they fit a terminal, names in them are no commands, and the best is marked."""

import pandas as pd
import pytest

from hwbench_mo.assessment.table import Table, as_latex, as_markdown, as_text, latex, number, p_value

HOSTILE = "a|b*c_d`e`<script>&$x^{%#~\\end{table}"


def table_of(names: list[str], standings: list[str]) -> Table:
    data = pd.DataFrame({"problem": "p_1", "optimizer": names, "value": range(len(names)), "standing": standings})
    shown = {"optimizer": lambda row: row["optimizer"], "value": lambda row: number(row["value"], 2)}
    return Table(name="t", caption="A caption", data=data, shown=shown, words=["It says 100 %."], by="problem")


def test_text() -> None:
    text = as_text(table_of(["first", "second", "third"], ["best", "even", "worse"]))
    assert text.split("\n") == [
        "A caption", "", "p_1", "  optimizer  value", "* first       0.00", "= second      1.00", "  third       2.00",
        "", "It says 100 %.",
    ]  # fmt: skip


@pytest.mark.parametrize("n", [1, 40, 200])
def test_it_fits_a_terminal(n: int) -> None:
    text = as_text(table_of([f"{place} {'x' * 300}" for place in range(n)], ["best"] * n))
    assert max(map(len, text.split("\n"))) <= 100
    assert ("more, in the file" in text) == (n > 40)


def test_markdown() -> None:
    text = as_markdown(table_of([HOSTILE, "second"], ["best", "even"]))
    (row,) = [line for line in text.split("\n") if "script" in line]
    assert row.replace("\\|", "").count("|") == 3
    assert "<script>" not in text
    assert row.endswith("| **0.00** |")
    assert "| *second* | *1.00* |" in text


def test_latex() -> None:
    text = as_latex(table_of([HOSTILE, "second"], ["best", "even"]))
    assert text.count(r"\end{table}") == 1
    assert r"\textbf{0.00} \\" in text
    assert r"\textit{second} & \textit{1.00} \\" in text
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]
    plain = text.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")
    assert "% It says 100 %." in text
    assert latex("one\n% two") == r"one \% two"


def test_numbers() -> None:
    assert [p_value(p) for p in (0.0009, 0.001, 1.0)] == ["<0.001", "0.001", "1.000"]


def test_an_empty_table() -> None:
    table = table_of([], [])
    assert as_text(table).startswith("A caption")
    assert as_markdown(table).startswith("A caption")
    assert r"\begin" not in as_latex(table)


def test_columns_with_a_best_of_their_own() -> None:
    data = pd.DataFrame(
        {"optimizer": ["x", "y"], "a": [1, 2], "b": [4, 3], "a_is": ["best", "even"], "b_is": ["worse", "best"]}
    )
    shown = {name: lambda row, name=name: str(row[name]) for name in ("optimizer", "a", "b")}
    table = Table(name="t", caption="A caption", data=data, shown=shown, cells={"a": "a_is", "b": "b_is"})
    assert as_text(table).split("\n")[-2:] == ["x          1*  4", "y          2=  3*"]
    assert "| x | **1** | 4 |\n| y | *2* | **3** |" in as_markdown(table)
    assert "x & \\textbf{1} & 4 \\\\\ny & \\textit{2} & \\textbf{3} \\\\" in as_latex(table)
