"""The runs that the authors of HW-GPT-Bench stored, judged as ours: ``python -m studies.authors_runs REPOSITORY``.

The history of their public repository (a clone, whole) has runs as pickles, committed and removed on 29 May 2024 in
``results_gpt_baselines_2d``: random search and EHVI of Syne Tune, on gpt_s, perplexity and energy on a V100. They are
read as plain data, and nothing in them is executed. Their architectures are judged by our tables: hypervolume regret
after as many evaluations as all have, beside random search and EHVI of ours. Printed is a row a run. All of their runs
begin with one architecture, which therefore takes the place of the last one that ours evaluated.
"""

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo import Architecture, Problem, make_problem, regret_curve, simulate
from hwbench_mo.assessment.pairs import mann_whitney, vargha_delaney
from hwbench_mo.errors import InputError, report
from hwbench_mo.measurements.upstream.git_history import History
from hwbench_mo.measurements.upstream.safe_pickle import loads
from hwbench_mo.typing import Codes, Floats
from optimizers import EHVI, RandomSearch

PICKLES = re.compile(r"results_gpt_baselines_2d/(?P<name>[\w/]+)\.pickle")
SEEDS = 20
"""Of our own runs."""


def stored_runs(repository: Path, problem: Problem) -> dict[str, tuple[str, Codes]]:
    """By file, the method and the architectures in the order of their evaluation.

    Raises
    ------
    InputError
        If the history lacks the files, or they hold something else.
    """
    history, found = History(repository), {}
    for name, versions in sorted(history.versions(PICKLES).items()):
        told = loads(history.read(versions[0]), name)
        try:
            architectures = [_architecture(config) for config in told["configs"]]
        except (KeyError, TypeError):
            raise InputError(f"{name}: holds no configurations of GPT-S") from None
        found[name] = "EHVI" if "EHVI" in name else "RS", problem.space.encode(architectures)
    if not found:
        raise InputError(f"{repository}: its history has no stored runs; clone the repository whole")
    return found


def _architecture(config: Mapping[str, Any]) -> Architecture:
    layers = range(config["num_layers"])
    return Architecture(
        embed_dim=config["embed_dim"],
        n_layer=config["num_layers"],
        mlp_ratio=tuple(config[f"mlp_ratio_{layer}"] for layer in layers),
        n_head=tuple(config[f"num_heads_{layer}"] for layer in layers),
        bias=config["bias"],
    )


def _compared(what: str, first: Floats, second: Floats) -> None:
    print(
        f"{what}: medians {np.median(first):.4f} ({len(first)} runs) and {np.median(second):.4f} ({len(second)}), "
        f"A12 {vargha_delaney(first, second):.2f}, p = {mann_whitney(first, second):.3g}"
    )


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m studies.authors_runs")
    parser.add_argument("repository", type=Path, help="a clone of automl/HW-GPT-Bench")
    repository = parser.parse_args(arguments).repository
    problem = make_problem("gpt_s", ["perplexity", "energy@v100"])
    try:
        stored = stored_runs(repository, problem)
    except InputError as error:
        return report(error)
    print("| run | evaluations | different architectures | regret |\n| --- | ---: | ---: | ---: |")
    whole = max(len(codes) for _, codes in stored.values())
    regrets: dict[str, list[float]] = {}
    for name, (method, codes) in stored.items():
        regret = float(regret_curve(problem, problem.evaluate(codes))[-1])
        print(f"| {name} | {len(codes)} | {len(np.unique(codes, axis=0))} | {regret:.4f} |")
        if len(codes) == whole:
            regrets.setdefault(method, []).append(regret)
    theirs = {method: np.array(values) for method, values in regrets.items()}
    (first,) = np.unique([codes[0] for _, codes in stored.values()], axis=0)
    ours: dict[str, Floats] = {}
    for label, optimizer in (("RS", RandomSearch), ("EHVI", EHVI)):
        runs = [simulate(problem, optimizer(problem, seed=seed), budget=whole - 1) for seed in range(SEEDS)]
        with_first = [problem.evaluate(np.concatenate([first[None], run.codes])) for run in runs]
        ours[label] = np.array([float(regret_curve(problem, values)[-1]) for values in with_first])
    print(f"\nafter {whole} evaluations, runs that have as many:")
    _compared("their EHVI and their random search", theirs["EHVI"], theirs["RS"])
    _compared("our EHVI and our random search", ours["EHVI"], ours["RS"])
    _compared("our random search and theirs", ours["RS"], theirs["RS"])
    _compared("our EHVI and theirs", ours["EHVI"], theirs["EHVI"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
