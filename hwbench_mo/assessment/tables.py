"""The table of a comparison."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.assessment.comparison import Comparison
from hwbench_mo.extras import needs

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ["optimizer", "seeds", "evaluations", "median", "q25", "q75", "mean", "std", "best", "worst", "hours"]


def regret_table(comparisons: Iterable[Comparison]) -> "pd.DataFrame":
    """One row a problem and optimizer, in ascending order of the median.

    ``median`` to ``worst`` are of the final hypervolume regret over seeds (0 is optimal); ``std`` is the sample
    standard deviation (missing for one seed); ``hours`` is the median of the simulated time; ``noise`` says what the
    optimizers observed, if not noise-free values; ``optimism``, then, is the median of how much lower the final regret
    is by what they observed than by the noise-free values. ``passes`` says which devices were measured with another
    batch or sequence than the space's.
    """
    with needs("pandas"):
        import pandas as pd

    rows = []
    for comparison in comparisons:
        for group in comparison.groups:
            final = np.array([run.indicators["regret"][-1] for run in group.runs])
            low, median, high = np.quantile(final, [0.25, 0.5, 0.75])
            rows.append(
                {
                    "problem": comparison.problem.name,
                    "optimizer": group.label,
                    "seeds": len(final),
                    "evaluations": int(group.evaluations[-1]),
                    "median": median,
                    "q25": low,
                    "q75": high,
                    "mean": final.mean(),
                    "std": final.std(ddof=1) if len(final) > 1 else np.nan,
                    "best": final.min(),
                    "worst": final.max(),
                    "hours": np.median([run.hours[-1] for run in group.runs]),
                    "passes": comparison.problem.passes,
                    "noise": comparison.noise,
                    "optimism": np.median(group.optimism) if group.optimism.any() else np.nan,
                }
            )
    return pd.DataFrame(rows)


def as_text(table: "pd.DataFrame") -> str:
    """The table for a terminal, a block a problem."""
    blocks = []
    for (problem, passes, noise), rows in table.groupby(["problem", "passes", "noise"], sort=False):
        shown = [*SHOWN, "optimism"] if rows["optimism"].notna().any() else SHOWN
        formats = {"hours": "{:.1f}".format}
        text = rows[shown].to_string(index=False, float_format="{:.4f}".format, formatters=formats, na_rep="-")
        observed = f"; optimizers observed {noise}" if noise else ""
        measured = f" ({passes})" if passes else ""
        blocks.append(f"{problem}{measured}: hypervolume regret over seeds (0 is the exact front{observed})\n{text}")
        if "optimism" in shown:
            blocks[-1] += "\noptimism: how much lower the regret is by the noisy values that the optimizer observed"
    return "\n\n".join(blocks)
