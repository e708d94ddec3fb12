"""Runs one optimizer on one problem, or with ``-m`` a sweep of them.

    python -m experiments.run optimizer=nsga2 problem=gpt_s_perplexity_latency_a100 seed=3 budget=1000
    python -m experiments.run -m 'seed=range(0,10)' optimizer=random_search,local_search,nsga2
    python -m experiments.run -m seeds=30 optimizer=random_search,nsga2   # the same runs, a job for 30 seeds: faster
    python -m experiments.run optimizer=random_search optimizer.multiple=4   # a yardstick: four times the budget
    python -m experiments.run problem.space=gpt_m 'problem.objectives=[perplexity,energy@h100]'

Each run leaves one file, ``{out}/{problem}/{optimizer}/seed-{seed}-{hash of what decides the result}.parquet``. A run
that is there already is found, not repeated; ``seeds=30`` makes 30 runs in one job. The exit status is 2 if a run
failed on a user's mistake, 1 if it failed otherwise; the others of a sweep go on, and its last lines name the failed.
"""

import sys
import traceback
from contextlib import suppress
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from tqdm import tqdm

from experiments._config import CONF, Run, build, check_overrides, choices, seeds_of
from experiments._optimizers import facts_of
from experiments._plan import expand, note
from experiments._store import claimed, failure_note, find, keep
from hwbench_mo import InputError, Trajectory, regret_curve, simulate
from hwbench_mo.errors import report

_failures: list[str] = []
_statuses: list[int] = []


def execute(run: Run) -> Trajectory:
    """Simulate a run and write its trajectory."""
    # tqdm shows nothing where standard error is no terminal.
    with tqdm(total=run.n_evaluations, disable=None, leave=False, unit="eval", desc=run.path.parent.name) as bar:
        trajectory = simulate(
            run.problem,
            run.optimizer,
            budget=run.n_evaluations,
            n_workers=run.n_workers,
            synchronous=run.synchronous,
            cost=run.cost,
            config=run.config,
            progress=bar.update,
        )
    keep(trajectory, run.path, run.identity)
    return trajectory


def answer(run: Run) -> str:
    """Make a run unless it is there, and say how it ended."""
    try:
        with claimed(run.path) as is_ours:
            if not is_ours:
                return f"{run.path} is being made by another process: left to it"
            found = find(run.path, run.identity)
            return f"{summary(run, found)} (found, not repeated)" if found else summary(run, execute(run))
    except OSError as error:
        raise InputError(f"{run.path}: cannot be written: {error.strerror or error}") from None


def summary(run: Run, trajectory: Trajectory) -> str:
    """One line on a finished run."""
    try:
        judged = f"hypervolume regret {regret_curve(run.problem, trajectory.centre)[-1]:.4f}"
    except InputError as error:
        judged = f"no hypervolume regret ({error})"
    hours = f"{trajectory.finish_times[-1] / 3600:.1f} simulated hours"
    if run.n_workers > 1:
        hours += f", workers idle {trajectory.idle_share:.1%} of them"
    name, seed = run.config["optimizer"]["name"], run.config["seed"]
    return f"{name}, seed {seed}: {judged} after {len(trajectory)} evaluations ({hours}): {run.path}"


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
            "\nThe configuration with every setting: --cfg job. Hydra's own options: --hydra-help.",
        ]
    )


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def _main(cfg: DictConfig) -> None:
    name = HydraConfig.get().runtime.choices["optimizer"]
    label = " ".join(HydraConfig.get().overrides.task) or name
    try:
        seeds = seeds_of(cfg)
    except InputError as error:
        _failed(label, error)
        return
    for seed in seeds:
        path = None
        try:
            run = build(cfg, optimizer_name=name, seed=seed)
            path = run.path
            print(answer(run), flush=True)
        except Exception as error:  # of one run; the others of a sweep go on
            _failed(label if len(seeds) == 1 else f"{label} seed={seed}", error, path)


def _failed(label: str, error: Exception, path: Path | None = None) -> None:
    if isinstance(error, InputError):
        _statuses.append(report(error))
        why = str(error)
    else:
        traceback.print_exception(error)
        _statuses.append(1)
        why = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    _failures.append(f"{label}: {why}")
    if path is not None:
        with suppress(OSError):  # on a full disk the note is lost, and the message stands
            failure_note(path).write_text(why + "\n")


def _note_plan(arguments: list[str]) -> None:
    """Of a sweep, for ``experiments.status``."""
    overrides = [word for word in arguments if "=" in word and not word.startswith(("-", "hydra", "out="))]
    out = next((word[len("out=") :] for word in reversed(arguments) if word.startswith("out=")), None)
    out = out or OmegaConf.load(CONF / "config.yaml").out
    if {"-m", "--multirun"} & set(arguments):
        is_sweep = True
    elif any(word.startswith("seeds=") for word in overrides):
        _, first = next(expand(overrides, Path(out)))
        is_sweep = not isinstance(first, InputError)  # a mistake leaves nothing behind
    else:
        is_sweep = False
    if is_sweep:
        try:
            note(Path(out), overrides)
        except OSError as error:
            raise InputError(f"{out}: cannot be written: {error.strerror or error}") from None


def main() -> int:
    """The command line."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(help_text())
        return 0
    try:
        check_overrides(sys.argv[1:])
        _note_plan(sys.argv[1:])
    except InputError as error:
        return report(error)
    _main()
    if len(_failures) > 1 or (_failures and {"-m", "--multirun"} & set(sys.argv[1:])):
        print(f"{len(_failures)} failed:", *_failures, sep="\n  ", file=sys.stderr)
    return min(_statuses, default=0)


if __name__ == "__main__":
    sys.exit(main())
