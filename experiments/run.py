"""Runs one optimizer on one problem, or with ``-m`` a sweep of them.

    python -m experiments.run optimizer=nsga2 problem=gpt_s_perplexity_latency_a100 seed=3 budget=1000
    python -m experiments.run -m 'seed=range(0,10)' optimizer=random_search,local_search,nsga2
    python -m experiments.run -m seeds=30 optimizer=random_search,nsga2   # the same runs, a job for 30 seeds: faster
    python -m experiments.run optimizer=random_search optimizer.multiple=4   # a yardstick: four times the budget
    python -m experiments.run problem.space=gpt_m 'problem.objectives=[perplexity,energy@h100]'
    python -m experiments.run -m hydra/launcher=joblib seeds=30 optimizer=nsga2,morea   # on all cores; docs/scaling.md

Each run leaves one file, ``{out}/{problem}/{optimizer}/seed-{seed}-{hash of what decides the result}.parquet``. A run
that is there already is found, not repeated; ``seeds=30`` makes 30 runs in one job. The exit status is 2 if a run
failed on a user's mistake, 1 if it failed otherwise; the others of a sweep go on, and its last lines name the failed.
"""

import sys

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from experiments.launchers.preparation import Tally, launcher_of, launchers, prepared, unfinished
from experiments.reports.optimizers import facts_of
from experiments.sweeps.configuration import CONF, check_overrides, choices
from experiments.sweeps.job import Failure, perform
from experiments.sweeps.plan import Sweep, sweep_of
from experiments.sweeps.progress import Live
from hwbench_mo import InputError
from hwbench_mo.errors import report

_answers: list[Failure | None] = []
"""Of every run that this process has made, why it failed, or None."""


def help_text() -> str:
    """What ``--help`` prints: usage, and every choice, the optimizers with a line each."""
    names = choices("optimizer")
    width = max(map(len, names))
    lines = [f"  {name:{width}}  {facts_of(name).line}" for name in names]
    return "\n".join(
        [
            __doc__.strip(),
            "\noptimizer= (settings and papers: docs/optimizers.md)",
            *lines,
            "\nproblem= (or any other: problem.space=…, problem.objectives=[…])",
            *(f"  {name}" for name in choices("problem")),
            "\nhydra/launcher= (of a sweep; what they need: docs/scaling.md)",
            *(f"  {name}" for name in ("basic", *launchers())),
            "\nThe configuration with every setting: --cfg job. Hydra's own options: --hydra-help.",
        ]
    )


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def _main(cfg: DictConfig) -> None:
    hydra_config = HydraConfig.get()
    name = hydra_config.runtime.choices["optimizer"]
    label = " ".join(hydra_config.overrides.task) or name
    in_sweep = hydra_config.mode is RunMode.MULTIRUN or cfg.seeds is not None
    delay = 1.0 if in_sweep else 0.0  # of the bar of a run, which most runs of a sweep do not live to see
    is_here = hydra_config.runtime.choices["hydra/launcher"] == "basic"
    _answers.extend(perform(cfg, optimizer_name=name, label=label, delay=delay if is_here else None))


def launch(sweep: Sweep | None, launcher: str) -> list[Failure]:
    """Make the runs, here or elsewhere; which failed."""
    if sweep is None:
        _main()
    elif launcher == "basic":
        with Live(sweep.n_runs, lambda: len(_answers)):
            _main()
    else:
        plan = list(sweep.runs())
        with Live(len(plan), Tally(plan)):
            try:
                _main()
            except SystemExit as gave_up:  # what is there counts
                if gave_up.code == 2:  # a user's mistake, which has been told
                    raise
        return unfinished(plan)
    return [answer for answer in _answers if answer is not None]


def main() -> int:
    """The command line."""
    arguments = sys.argv[1:]
    if {"-h", "--help"} & set(arguments):
        print(help_text())
        return 0
    try:
        check_overrides(arguments)
        launcher = launcher_of(arguments)
        sweep = sweep_of(arguments)
        if sweep:
            sweep.note()
    except InputError as error:
        return report(error)
    sys.argv += prepared(launcher, arguments)
    try:
        failures = launch(sweep, launcher)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on with what is missing", file=sys.stderr)
        return 130
    if failures and sweep:
        print(f"{len(failures)} failed:", *failures, sep="\n  ", file=sys.stderr)
    return min((failure.status for failure in failures), default=0)


if __name__ == "__main__":
    sys.exit(main())
