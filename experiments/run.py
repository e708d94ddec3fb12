"""Runs one optimizer on one problem, or with ``-m`` a sweep of them.

    python -m experiments.run optimizer=nsga2 problem=gpt_s_perplexity_latency_a100 seed=3 budget=1000
    python -m experiments.run -m 'seed=range(0,10)' optimizer=random_search,local_search,nsga2
    python -m experiments.run optimizer=random_search optimizer.multiple=4   # a yardstick: four times the budget
    python -m experiments.run problem.space=gpt_m 'problem.objectives=[perplexity,energy@h100]'

Each run leaves one file, ``{out}/{problem}/{optimizer}/seed-{seed}-{hash of the configuration}.parquet``. The exit
status is 2 if a run failed on a user's mistake; the other runs of a sweep go on.
"""

import sys

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig
from tqdm import tqdm

from experiments._config import CONF, Run, build, check_overrides, choices
from experiments._optimizers import facts_of
from hwbench_mo import InputError, Trajectory, regret_curve, simulate
from hwbench_mo.errors import report

_failures: list[InputError] = []


def execute(run: Run) -> Trajectory:
    """Simulate a run and write its trajectory. A run whose file exists is refused before anything is computed."""
    if run.path.exists():
        raise InputError(f"{run.path} exists already, and results are never replaced; give another folder, out=…")
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
    trajectory.save(run.path)
    return trajectory


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
    try:
        run = build(cfg, optimizer_name=HydraConfig.get().runtime.choices["optimizer"])
        print(summary(run, execute(run)), flush=True)
    except InputError as error:
        report(error)
        _failures.append(error)


def main() -> int:
    """The command line."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(help_text())
        return 0
    try:
        check_overrides(sys.argv[1:])
    except InputError as error:
        return report(error)
    _main()
    return 2 if _failures else 0


if __name__ == "__main__":
    sys.exit(main())
