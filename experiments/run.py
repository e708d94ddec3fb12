"""Runs one optimizer on one problem, or with ``-m`` a sweep of them.

    python -m experiments.run optimizer=nsga2 problem=gpt_s_perplexity_latency_a100 seed=3 budget=1000
    python -m experiments.run -m 'seed=range(0,10)' optimizer=random_search,local_search,nsga2
    python -m experiments.run -m seeds=30 optimizer=random_search,nsga2   # the same runs, a job for 30 seeds: faster
    python -m experiments.run optimizer=random_search optimizer.multiple=4   # a yardstick: four times the budget
    python -m experiments.run problem.space=gpt_m 'problem.objectives=[perplexity,energy@h100]'
    python -m experiments.run problem.devices=my_tables 'problem.objectives=[perplexity,latency@my_gpu]'
    python -m experiments.run 'problem.metrics=[my_package.kv_cache]' 'problem.objectives=[perplexity,kv_cache]'
    python -m experiments.run -m hydra/launcher=joblib seeds=30 optimizer=nsga2,morea   # on all cores; docs/scaling.md
    python -m experiments.run optimizer._target_=my_package.Mine optimizer.name=mine   # your own: docs/own_optimizer.md
    python -m experiments.run --config-dir my_conf optimizer=mine   # as my_conf/optimizer/mine.yaml describes it

Each run leaves one file, ``{out}/{problem}/{optimizer}/seed-{seed}-{hash of what decides the result}.parquet``, and
beside it the seconds that the optimizer took (``.seconds.npz``). A run that is there already is found, not repeated;
``seeds=30`` makes 30 runs in one job. The exit status is 2 if a run failed on a user's mistake, 1 if it failed
otherwise; the others of a sweep go on, and its last lines name the failed.
"""

import re
import sys
from pathlib import Path
from textwrap import wrap

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from experiments.launchers.preparation import prepare
from experiments.reports.optimizers import line_of
from experiments.sweeps.catalogue import CONF, choices
from experiments.sweeps.job import perform
from experiments.sweeps.outcome import Failure, Tally, unfinished
from experiments.sweeps.overrides import BASIC, LAUNCHER
from experiments.sweeps.progress import Live
from experiments.sweeps.request import Request
from hwbench_mo import METRICS, InputError, load_benchmark
from hwbench_mo.benchmark.device_tables import Paths
from hwbench_mo.benchmark.named_metrics import metrics_named
from hwbench_mo.errors import report
from hwbench_mo.progress import bars
from hwbench_mo.targets import PER_DEVICE

COMPLETION = Path(__file__).with_name("completion.bash")
"""What ``-sc install=bash`` prints: Hydra's own does not know ``python -m``."""


def help_text(space: str = "gpt_s", devices: Paths | None = None, metrics: object = None) -> str:
    """What ``--help`` prints: usage, and every choice, the optimizers with a line each.

    Raises
    ------
    InputError
        If the space is unknown, or the device tables cannot be read, or a metric of one's own is not found.
    """
    known = load_benchmark(space, devices=devices).devices
    own = [metric.name for metric in metrics_named(metrics, place="problem.metrics")]
    names_of_metrics = [f"{metric}@DEVICE" if metric in PER_DEVICE else metric for metric in METRICS] + own
    names = choices("optimizer")
    width = max(map(len, names))
    lines = [f"  {name:{width}}  {line_of(name)}" for name in names]
    sentence, examples, rest = __doc__.replace("``", "").strip().split("\n\n", 2)
    return "\n".join(
        [
            sentence,
            "\nexamples:",
            re.sub("^    ", "  ", examples, flags=re.MULTILINE),
            f"\n{rest}",
            "\nSettings are written NAME=VALUE, and with -m several with commas between. Groups have choices:",
            "\noptimizer= (settings and papers: docs/optimizers.md)",
            *lines,
            "\nproblem= (or any other: problem.space=…, problem.objectives=[…])",
            *(f"  {name}" for name in choices("problem")),
            "\nproblem.objectives= (where DEVICE is one of those below, or of problem.devices=FOLDER;",
            "  metrics of your own beside them: problem.metrics=[my_package.NAME], docs/own_metric.md)",
            *wrap(", ".join(names_of_metrics), initial_indent="  ", subsequent_indent="  "),
            *wrap(", ".join(known), initial_indent="  DEVICE: ", subsequent_indent="  "),
            "\ncost= (what an evaluation takes of simulated time)",
            *(f"  {name}" for name in choices("cost")),
            "\nhydra/launcher= (of a sweep; what they need: docs/scaling.md)",
            *(f"  {name}" for name in (BASIC, *choices(LAUNCHER))),
            "\nother settings (with their defaults)",
            *settings_lines(),
            "\nThe configuration with every setting: --cfg job. Hydra's own options: --hydra-help.",
            "Completion of names in bash: docs/running.md.",
        ]
    )


def settings_lines() -> list[str]:
    """The settings of no group, with their defaults, and what ``conf/config.yaml`` says of each."""
    text = (CONF / "config.yaml").read_text(encoding="utf-8")
    found = re.findall(r"^(\w+): (\S+) # (.+)$", text, flags=re.MULTILINE)
    width = max(len(f"{name}={default}") for name, default, _ in found)
    return [f"  {f'{name}={default}':{width}}  {meaning}" for name, default, meaning in found]


def launch(request: Request) -> list[Failure]:
    """Make the runs, here or elsewhere; which failed."""
    answers: list[Failure | None] = []  # of every run that this process makes: why it failed, or None
    delay = 1.0 if request.is_sweep else 0.0  # of the bar of a run, which most runs of a sweep do not live to see
    shown_after = delay if request.launcher == BASIC else None

    @hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
    def make(cfg: DictConfig) -> None:
        job = HydraConfig.get()
        name = job.runtime.choices["optimizer"]
        label = " ".join(job.overrides.task) or name
        with bars(shown=shown_after is not None):  # of an exact front, which a run is judged by
            answers.extend(perform(cfg, optimizer_name=name, label=label, delay=shown_after))

    sys.argv[1:] = request.words  # Hydra reads the command line from nowhere else
    plan = request.plan
    if plan is None or not request.is_sweep:
        make()
    elif request.launcher == BASIC:
        with Live(len(plan.runs), lambda: len(answers)):
            make()
    else:  # the jobs are sent to other processes with an `answers` of their own: the disk says what became of them
        with Live(len(plan.runs), Tally(plan)):
            try:
                make()
            except SystemExit as gave_up:  # what is there counts
                if gave_up.code == 2:  # a user's mistake, which has been told
                    raise
        return unfinished(plan)
    return [answer for answer in answers if answer is not None]


def main() -> int:
    """The command line, which Hydra reads from ``sys.argv`` as well: it takes arguments from nowhere else."""
    try:
        with bars():
            request = Request.parse(sys.argv[1:])
        if request.wants_help:
            print(help_text(request.space, request.devices, request.metrics))
            return 0
        if request.wants_completion:
            print(COMPLETION.read_text(encoding="utf-8"))
            return 0
        prepare(request.launcher, request.plan.out if request.plan else Path())
        if request.plan and request.is_sweep:
            request.plan.note()
    except InputError as error:
        return report(error)
    for remark in request.plan.remarks if request.plan else ():
        print(f"warning: {remark}", file=sys.stderr)
    try:
        failures = launch(request)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on with what is missing", file=sys.stderr)
        return 130
    if failures and request.is_sweep:
        print(f"{len(failures)} failed:", *failures, sep="\n  ", file=sys.stderr)
    return min((failure.status for failure in failures), default=0)


if __name__ == "__main__":
    sys.exit(main())
