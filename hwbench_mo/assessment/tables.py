"""The table of a comparison."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.assessment.comparison import Comparison

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ["optimizer", "seeds", "evaluations", "median", "q25", "q75", "mean", "std", "best", "worst", "hours"]


def regret_table(comparisons: Iterable[Comparison]) -> "pd.DataFrame":
    """One row a problem and optimizer, in ascending order of the median.

    ``median`` to ``worst`` are of the final hypervolume regret over seeds (0 is optimal); ``std`` is the sample
    standard deviation (missing for one seed); ``hours`` is the median of the simulated time; ``optimism``, of noisy
    problems alone, is the median of how much lower the final regret is by the values that the optimizers observed than
    by the noise-free ones.
    """
    import pandas as pd

    rows = []
    for comparison in comparisons:
        for group in comparison.groups:
            final = group.regrets[:, -1]
            low, median, high = np.quantile(final, [0.25, 0.5, 0.75])
            rows.append(
                {
                    "problem": comparison.problem.name,
                    "optimizer": group.label,
                    "seeds": len(final),
                    "evaluations": group.regrets.shape[1],
                    "median": median,
                    "q25": low,
                    "q75": high,
                    "mean": final.mean(),
                    "std": final.std(ddof=1) if len(final) > 1 else np.nan,
                    "best": final.min(),
                    "worst": final.max(),
                    "hours": np.median([run.finish_times[-1] for run in group.trajectories]) / 3600,
                    "optimism": np.median(group.optimism) if group.optimism.any() else np.nan,
                }
            )
    return pd.DataFrame(rows)


def as_text(table: "pd.DataFrame") -> str:
    """The table for a terminal, a block a problem."""
    blocks = []
    for problem, rows in table.groupby("problem", sort=False):
        shown = [*SHOWN, "optimism"] if rows["optimism"].notna().any() else SHOWN
        formats = {"hours": "{:.1f}".format}
        text = rows[shown].to_string(index=False, float_format="{:.4f}".format, formatters=formats, na_rep="-")
        blocks.append(f"{problem}: hypervolume regret over seeds (0 is the exact front)\n{text}")
    return "\n\n".join(blocks)
