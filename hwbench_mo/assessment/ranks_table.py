"""The table of ranks across problems."""

from collections.abc import Sequence

from hwbench_mo.assessment.comparison import Comparison
from hwbench_mo.assessment.ranks import Ranking, rankings
from hwbench_mo.assessment.table import BEST, EVEN, Table, number
from hwbench_mo.extras import needs


def ranks_table(comparisons: Sequence[Comparison], /, *, indicator: str = "regret") -> Table:
    """Mean ranks of the optimizers that ran on all problems of a scope: all of them, or those of one space."""
    with needs("pandas"):
        import pandas as pd

    found = rankings(comparisons, indicator=indicator)
    rows = []
    for ranking in found:
        for place, (label, mean) in enumerate(zip(ranking.optimizers, ranking.mean_ranks, strict=True)):
            behind = mean - ranking.mean_ranks[0]
            rows.append(
                {
                    "scope": f"{ranking.scope} ({len(ranking.problems)})",
                    "optimizer": label,
                    "problems": len(ranking.problems),
                    "mean_rank": mean,
                    "first": int((ranking.ranks[:, place] == ranking.ranks.min(axis=1)).sum()),
                    "worst_rank": ranking.ranks[:, place].max(),
                    "critical_difference": ranking.critical_difference,
                    "p": ranking.p,
                    "standing": BEST if behind == 0 else EVEN if behind <= ranking.critical_difference else "",
                }
            )
    columns = ["scope", "optimizer", "problems", "mean_rank", "first", "worst_rank", "critical_difference", "p"]
    return Table(
        name="ranks",
        caption="Mean ranks across problems, of medians over seeds (1 is best)",
        data=pd.DataFrame(rows, columns=[*columns, "standing"]),
        shown={
            "optimizer": lambda row: row["optimizer"],
            "mean rank": lambda row: number(row["mean_rank"], 2),
            "best on": lambda row: f"{row['first']} of {row['problems']}",
            "worst rank": lambda row: f"{row['worst_rank']:g}",
        },
        words=[line for ranking in found for line in _words(ranking)]
        or ["Ranks need two optimizers that ran on all problems: there are none."],
        by="scope",
    )


def _words(ranking: Ranking) -> list[str]:
    n, k = ranking.ranks.shape
    words = []
    if n == 1:
        words.append(f"{ranking.scope}: of one problem, ranks say nothing of others.")
    else:
        verdict = "differ" if ranking.p <= 0.05 else "cannot be told apart"
        words.append(
            f"{ranking.scope}: {k} optimizers on {n} problems {verdict} as a whole (Friedman's test with Iman & "
            f"Davenport's "
            f"F, p = {ranking.p:.3g}). = has a mean rank within the critical difference of the best's, "
            f"{ranking.critical_difference:.2f} (Nemenyi, 5 %)."
        )
        words.append(
            "Problems are the blocks. Devices of one space have the perplexity and much of the order of "
            "architectures in "
            "common: they are less than so many independent problems, and say nothing of other spaces."
        )
    for label, problems in ranking.missing.items():
        shown = ", ".join(problems[:3]) + (f" and {len(problems) - 3} more" if len(problems) > 3 else "")
        words.append(f"{ranking.scope}: {label} is left out, because it has no runs on {shown}.")
    return list(dict.fromkeys(words))
