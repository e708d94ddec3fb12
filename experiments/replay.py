"""Replays an optimizer on measured rows, and shows how the surrogates' answers differ from them.

    python -m experiments.replay MEASUREMENTS --space gpt_s --objectives perplexity latency@a100 --optimizer nsga2
    python -m experiments.replay MEASUREMENTS --limit latency@rtx3080=17 --limit memory_bfloat16=300

Prints the bias of the surrogates, predicted / measured - 1: over random rows, over what the optimizer visited, and over
the non-dominated sets that it found, together with the regret of what the surrogates would have chosen among all
measured rows. Writes ``{problem}-{optimizer}-bias.csv`` and ``.png`` into ``--out``; they are replaced when made again.

Two things to keep in mind. The shipped tables were fitted to these rows, or to most of them: this is no judgement on
architectures that nobody measured. And what is non-dominated by its measurements was, in part, lucky in them: there,
even unbiased predictions tend to be greater.
"""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.reports.bias import Replay, bias_table, replay
from experiments.reports.pictures.bias import plot_bias
from experiments.sweeps.configuration import optimizer_named
from hwbench_mo import InputError, make_problem
from hwbench_mo.benchmark.named_metrics import metrics_named
from hwbench_mo.checks import check_count
from hwbench_mo.command_line import Parser
from hwbench_mo.errors import report
from hwbench_mo.files import file_name, write_whole
from hwbench_mo.plotting import save_picture
from hwbench_mo.progress import bars, steps
from hwbench_mo.recommendation.command import limits_in


def as_text(replayed: Replay, table: pd.DataFrame, optimizer: str) -> str:
    """The findings for a terminal."""
    problem = replayed.problem
    percent = "{:+.2%}".format
    shown = table.to_string(index=False, formatters={"q25": percent, "median": percent, "q75": percent})
    low, median, high = np.quantile(replayed.regrets(), [0.25, 0.5, 0.75])
    measured, regret = replayed.chosen()
    n_front = len(problem.pareto_front().values)
    return (
        f"{problem.name}, {problem.space.size} measured architectures: predicted / measured - 1\n{shown}\n\n"
        f"hypervolume regret against the exact front of the measured rows ({n_front} of them):\n"
        f"  {optimizer}: median {median:.4f}, quartiles {low:.4f} to {high:.4f} over {len(replayed.runs)} seeds, "
        f"{max(map(len, replayed.runs))} evaluations each\n"
        f"  what the surrogates take for the front ({len(measured)} rows): {regret:.4f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    parser = Parser(
        prog="python -m experiments.replay",
        description="Replays an optimizer on measured rows, and shows how the surrogates' answers differ from them.",
        examples=[
            "python -m experiments.replay MEASUREMENTS",
            "python -m experiments.replay MEASUREMENTS --limit latency@rtx3080=17ms --optimizer morea",
        ],
    )
    parser.add_argument("measurements", type=Path, help="a folder of measurements")
    parser.add_argument(
        "--out", type=Path, default=Path("outputs"), help="folder for the table and the picture (default: outputs)"
    )
    about = parser.add_argument_group("the problem")
    about.add_argument("--space", default="gpt_s", help="(default: gpt_s)")
    about.add_argument(
        "--objectives",
        nargs="+",
        default=["perplexity", "latency@a100"],
        metavar="METRIC",
        help="two or more (default: perplexity latency@a100)",
    )
    about.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="METRIC=VALUE",
        help="at most so many ms, Wh or MB a pass, or with a unit; accuracy at least; repeat it",
    )
    about.add_argument(
        "--devices", type=Path, nargs="+", metavar="TABLES", help="folders of device tables, for the surrogates"
    )
    about.add_argument("--metrics", nargs="+", metavar="MODULE.NAME", help="metrics of your own, to be named as others")
    runs = parser.add_argument_group("the runs")
    runs.add_argument("--optimizer", default="nsga2", help="a configuration in conf/optimizer (default: nsga2)")
    runs.add_argument("--seeds", type=int, default=10, metavar="N", help="how many (default: 10)")
    runs.add_argument("--budget", type=int, default=1000, metavar="N", help="evaluations of each run (default: 1000)")
    options = parser.parse_args(arguments)
    try:
        check_count("seeds", options.seeds)
        if len(options.objectives) < 2:
            raise InputError(f"objectives are {options.objectives}, but a replay needs two or more")
        own = metrics_named(options.metrics, place="--metrics")
        limits = limits_in(options.limit)
        asked = partial(make_problem, options.space, options.objectives, constraints=limits, metrics=own)
        with bars(), steps("read the measurements"):
            problem = asked(table=options.measurements)
            problem.pareto_front()  # limits that no row keeps are said before anything is run
        with bars():
            replayed = replay(
                problem,
                asked(devices=options.devices),
                optimizer_named(options.optimizer),
                n_seeds=options.seeds,
                budget=options.budget,
            )
    except InputError as error:
        return report(error)
    table = bias_table(replayed)
    print(as_text(replayed, table, options.optimizer), end="\n\n")
    stem = file_name(f"{replayed.problem.name}-{options.optimizer}-bias")
    written = [options.out / f"{stem}.csv", options.out / f"{stem}.png"]
    try:
        write_whole(written[0], table.to_csv(index=False))
        save_picture(plot_bias(replayed, options.optimizer), written[1], dpi=150)
    except OSError as error:
        return report(
            InputError(f"{options.out}: cannot be written: {error.strerror or error}; name another with --out")
        )
    print("written:", *written, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
