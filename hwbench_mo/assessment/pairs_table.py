"""The table of all pairs: who is better than whom, by how much, and how many seeds would tell them apart."""

from collections.abc import Sequence
from itertools import combinations

from hwbench_mo.assessment.comparison import Comparison
from hwbench_mo.assessment.indicators import check_indicator
from hwbench_mo.assessment.pairs import ALPHA, pairs_of, seeds_to_tell
from hwbench_mo.assessment.table import Table, number, p_value
from hwbench_mo.extras import needs


def pairs_table(comparisons: Sequence[Comparison], /, *, indicator: str = "regret") -> Table:
    """Every two optimizers of each problem at the common budget, adjusted together within a problem."""
    with needs("pandas"):
        import pandas as pd

    sign = -1.0 if check_indicator(indicator).larger_is_better else 1.0
    needed: dict[float, float] = {}
    rows = []
    for comparison in comparisons:
        for pair in pairs_of([*combinations(comparison.groups, 2)], comparison.budget, indicator, sign=sign):
            if pair.a12 == pair.a12 and pair.a12 not in needed:
                needed[pair.a12] = seeds_to_tell(pair.a12)
            facts = {name: value for name, value in vars(pair).items() if name not in ("seeds", "medians")}
            sides = {
                "seeds_first": pair.seeds[0],
                "seeds_second": pair.seeds[1],
                "median_first": pair.medians[0],
                "median_second": pair.medians[1],
            }
            enough = needed.get(pair.a12, float("nan"))
            rows.append({"problem": comparison.title, **facts, **sides, "seeds_to_tell": enough})
    columns = ["problem", "first", "second", "test", "a12", "p", "p_holm", "p_least", "seeds_first", "seeds_second"]
    data = pd.DataFrame(rows, columns=[*columns, "median_first", "median_second", "seeds_to_tell"])
    return Table(
        name="pairs",
        caption=f"Pairs of optimizers by {check_indicator(indicator).label}: the first has the better median",
        data=data,
        shown={
            "first": lambda row: row["first"],
            "second": lambda row: row["second"],
            "A12": lambda row: number(row["a12"], 2),
            "p": lambda row: p_value(row["p"]),
            "p (Holm)": lambda row: p_value(row["p_holm"]),
            "told apart": lambda row: "yes" if row["p_holm"] <= ALPHA else "no" if row["p"] == row["p"] else "-",
            "seeds to tell": lambda row: number(row["seeds_to_tell"], 0),
        },
        words=[
            "Seeds to tell: how many of each optimizer a test of this pair alone needs to be significant at 5 % "
            "in 80 of "
            "100 repetitions, if A12 is what it was here (Noether, 1987). A12 of few seeds is itself uncertain, "
            "so that "
            "this is an order of magnitude; more are needed where many pairs are tested together.",
            *_on_tests(data["test"].tolist()),
        ],
        by="problem",
        left=("first", "second"),
    )


def _on_tests(tests: Sequence[str]) -> list[str]:
    words = []
    if "Mann-Whitney" in tests:
        words.append(
            "Mann-Whitney: seeds of different optimizers are independent, also where they have the same number."
        )
    if "Wilcoxon" in tests:
        words.append(
            "Wilcoxon: seeds are blocks, because optimizers started from the same architectures (initial=shared). "
            "Five pairs cannot reach 5 %: their smallest p-value is 0.0625."
        )
    return words
