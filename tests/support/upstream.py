"""Repositories like the authors', small ones, with measurements in their history."""

import os
import pickle
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.command_line import Parser
from hwbench_mo.measurements.upstream import command
from hwbench_mo.measurements.upstream.campaign import FOLDERS, GPUS, SUFFIXES
from hwbench_mo.spaces import Architecture, SearchSpace
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import CLOSED_FORM

Files = dict[str, Any]
"""What to pickle, or the bytes of a file, by path."""

N = 6
"""Architectures a space: the first four of one job and the first two of the next."""
STARTS = (0, 2500)
P100 = "data_collection/raw_results_hw/latency_P100/efficiency_observations_0_2500.pkl"
A40 = "data_collection/raw_results_hw/latency_a40/efficiency_observations_0_2500.pkl"
V100_ENERGY = "data_collection/raw_results_hw/latency_v100/efficiency_energy_observations_tracker_0_2500.pkl"
HELIX = "data_collection/raw_results_hw/latency_helix_cpu/efficiency_observations_0_2500.pkl"
MEMORY = "data_collection/raw_results_hw/mem_a100/efficiency_observations_0_10000.pkl"
A6000_M = "data_collection/raw_results_hw/latency_a6000_m/efficiency_observations_0_2500.pkl"
CHECKPOINT = "data_collection/gpt_datasets/predictor_ckpts/metric/perplexity_s.pt"
PERPLEXITY = "arch_ppl_bench_s/ppl_observations_tracker_0_1000.pkl"


def git(folder: Path, *arguments: str) -> str:
    """What a command of git prints."""
    command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        [*command, *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def commit(folder: Path, files: Files) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content if isinstance(content, bytes) else pickle.dumps(content))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=some")


def repository(folder: Path, *commits: Files) -> Path:
    """A repository in which these files were committed, and deleted by the last commit."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    for files in commits:
        commit(folder, files)
    git(folder, "rm", "--quiet", "-r", ".")
    commit(folder, {"README.md": b"all gone"})
    return folder


def architectures(space: SearchSpace) -> list[Architecture]:
    return space.decode(space.sample(N, np.random.default_rng(0)))


def arch(space: SearchSpace, architecture: Architecture) -> dict[str, Any]:
    """As the authors write it: lists are as long as the deepest network, and the rest of them means nothing."""
    unused = space.n_slots - architecture.n_layer
    return {
        "sample_embed_dim": architecture.embed_dim,
        "sample_n_layer": architecture.n_layer,
        "sample_layer_indices": list(range(architecture.n_layer)),
        "sample_n_head": [*architecture.n_head, *[space.n_head[0]] * unused],
        "sample_mlp_ratio": [*architecture.mlp_ratio, *[space.mlp_ratio[-1]] * unused],
        "sample_bias": architecture.bias,
    }


def value(device: int, i: int, repeat: int = 0) -> float:
    """A number of its own for each measurement, which float32 holds."""
    return 1 + device + i / 16 + repeat / 1024


def campaign(space: SearchSpace, *, scale: float = 1.0) -> Files:
    """Every file of one space."""
    files: Files = {}
    suffix, raw = SUFFIXES[space.name], "data_collection/raw_results_hw"
    sampled = architectures(space)
    counts = Kernel(space, [closed_form(space, metric) for metric in CLOSED_FORM])(space.encode(sampled))
    rows = [
        {"arch": arch(space, a)} | {metric: int(x) for metric, x in zip(CLOSED_FORM, row, strict=True)}
        for a, row in zip(sampled, counts, strict=True)
    ]
    for start, part in zip(STARTS, (range(4), range(4, N)), strict=True):
        span = f"{start}_{start + 2500}.pkl"
        for d, (device, name) in enumerate(FOLDERS.items()):
            n_times = 1 if (device, space.name) == ("epyc_7513", "gpt_s") else 10
            folder = f"{raw}/latency_{name}{suffix}"
            times = {i: [scale * value(d, i, r) for r in range(n_times)] for i in part}
            if device in GPUS:
                records = [
                    rows[i]
                    | {
                        "times_profiler_gpu": times[i],
                        "unit_gpu": ["ms"] * 10,
                        "times_profiler_cpu": [],
                        "unit_cpu": [],
                    }
                    for i in part
                ]
                energies = {i: [value(d, i, r) for r in range(50)] for i in part}
                files[f"{folder}/efficiency_energy_observations_tracker_{span}"] = [
                    {"arch": arch(space, sampled[i]), "energy_gpu": energies[i], "unit_energy": "KWh"} for i in part
                ]
            else:  # in seconds, and the energy as NumPy's mean gives it
                records = [
                    rows[i]
                    | {"times_profiler_cpu": times[i], "unit_cpu": ["s"] * n_times, "unit_gpu": []}
                    | {"mean_energy_cpu": np.float64(value(d, i)), "unit_energy": "Wh"}
                    for i in part
                ]
            files[f"{folder}/efficiency_observations_{span}"] = records
    for d, device in enumerate(("a100", "rtx2080")):
        files[f"{raw}/mem_{device}{suffix}/efficiency_observations_0_10000.pkl"] = [
            {"arch": arch(space, a), "mean_mem": 100 * value(d, i), "std_mem": 0.0} for i, a in enumerate(sampled)
        ]
    files[f"arch_ppl_bench_{space.name[-1]}/ppl_observations_tracker_0_1000.pkl"] = [
        {"arch": arch(space, sampled[i]), "perplexity": 20 + i / 4, "accuracy": 0.25 + i / 64} for i in range(4)
    ]
    return files


def imported_to(git_dir: Path, out: Path) -> int:
    """What the command answers."""
    parser = Parser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(git_dir), str(out)]))


class Trap:
    """Creates a file where it is unpickled."""

    def __init__(self, function: Any, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call
