r"""Runs the study, and writes its tables, pictures and the baselines that ship.

    python -m studies.main_study                                  # on all cores, into outputs/study
    python -m studies.main_study --seeds 5                        # the first block of seeds alone
    python -m studies.main_study --launcher submitit_slurm hydra.launcher.partition=cpu   # on a cluster
    python -m studies.main_study --list                           # what would be run
    python -m studies.main_study --no-runs --baselines hwbench_mo/artifacts/baselines.parquet \
        --document docs/results/study.md                          # conclusions of what is there

Resumable: the same command finds what is there, and goes on with what is missing. docs/results/study.md has what was
found.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from hwbench_mo import InputError
from hwbench_mo.errors import report
from studies.main_study.conclusion import conclude
from studies.main_study.design import BLOCKS, PARTS


def run(out: Path, *, seeds: int, launcher: str, overrides: list[str]) -> int:
    """Make the runs of all seeds below a number, block by block; the highest exit status of the sweeps."""
    status = 0
    for block in BLOCKS:
        for part in PARTS:
            own = part.of_block([seed for seed in block if seed < seeds])
            if not own:
                continue
            words = [f"hydra/launcher={launcher}", *overrides, *part.overrides(own), f"out={out / part.folder}"]
            print(f"{part.folder}: seeds {own[0]} to {own[-1]}, {', '.join(part.optimizers)}", flush=True)
            ended = subprocess.run([sys.executable, "-m", "experiments.run", "-m", *words], check=False).returncode
            if ended < 0 or ended == 130:  # killed, or interrupted
                return 130
            status = max(status, ended)
    return status


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m studies.main_study", description="The study of all optimizers.")
    parser.add_argument("overrides", nargs="*", help="of the launcher, as hydra.launcher.n_jobs=4")
    parser.add_argument("--out", type=Path, default=Path("outputs/study"), help="where runs, tables and pictures go")
    parser.add_argument("--seeds", type=int, default=20, help="how many, from 0; 20 is the whole study")
    parser.add_argument("--launcher", default="joblib", help="joblib, ray, submitit_slurm …: docs/scaling.md")
    parser.add_argument("--no-runs", action="store_true", help="conclude from the runs that are there")
    parser.add_argument("--baselines", type=Path, help="file for the curves; by default in the study's folder")
    parser.add_argument("--document", type=Path, help="page whose generated tables, and images beside it, are renewed")
    parser.add_argument("--list", action="store_true", help="say what would be run, and end")
    options = parser.parse_args(arguments)
    if options.list:
        for part in PARTS:
            print(f"{part.n_runs:6} runs: {' '.join(part.overrides(range(part.seeds)))}")
        print(f"{sum(part.n_runs for part in PARTS):6} runs in all")
        return 0
    status = 0
    if not options.no_runs:
        status = run(options.out, seeds=options.seeds, launcher=options.launcher, overrides=options.overrides)
        if status == 130:
            return status
    pictures = options.document.parent.parent / "images" if options.document else options.out
    try:
        conclude(
            options.out,
            baselines=options.baselines or options.out / "baselines.parquet",
            document=options.document,
            pictures=pictures,
        )
    except InputError as error:
        return report(error)
    return status


if __name__ == "__main__":
    sys.exit(main())
