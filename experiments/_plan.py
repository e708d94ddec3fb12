"""What a sweep is to make: kept as its overrides beside the runs, and expanded again whenever someone asks."""

import hashlib
import itertools
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from experiments._config import CONF, Run, build, seeds_of
from hwbench_mo import InputError

FOLDER = ".plans"


def note(out: Path, overrides: Sequence[str]) -> Path:
    """Keep the overrides of a sweep; the same ones make the same file."""
    content = json.dumps({"overrides": list(overrides)}, indent=1)
    path = out / FOLDER / f"{hashlib.sha256(content.encode()).hexdigest()[:12]}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(content)
        os.replace(scratch, path)
    return path


def planned(out: Path) -> Iterator[tuple[str, Run | InputError]]:
    """Every run of every plan of a folder, with its overrides, or why it cannot be one."""
    for path in sorted((out / FOLDER).glob("*.json")):
        try:
            overrides = json.loads(path.read_text())["overrides"]
        except (ValueError, KeyError, OSError):
            raise InputError(f"{path}: truncated, or not a plan; delete it, and start its sweep again") from None
        yield from expand(overrides, out)


def expand(overrides: Sequence[str], out: Path) -> Iterator[tuple[str, Run | InputError]]:
    """The runs of a sweep. Those that differ in the seed alone are composed once: Hydra takes 40 ms each time."""
    choices: list[list[str]] = []
    seeds: list[str] = []
    for override in OverridesParser.create().parse_overrides(list(overrides)):
        values = list(map(str, override.sweep_string_iterator())) if override.is_sweep_override() else None
        if override.key_or_group == "seed":
            seeds = values or [str(override.value())]
        elif values is None:
            choices.append([str(override.input_line)])
        else:
            choices.append([f"{override.get_key_element()}={value}" for value in values])
    with initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
        for words in itertools.product(*choices):
            cfg = compose("config", overrides=[*words, f"out={out}"], return_hydra_config=True)
            name = cfg.hydra.runtime.choices["optimizer"]
            own = OmegaConf.masked_copy(cfg, [str(key) for key in cfg if key != "hydra"])
            try:
                of_job = [int(seed) if seed.isdecimal() else seed for seed in seeds] or seeds_of(own)
            except InputError as error:
                yield " ".join(words), error
                continue
            for seed in of_job:
                label = " ".join([*words, f"seed={seed}"])
                try:
                    yield label, build(own, optimizer_name=name, seed=seed)
                except InputError as error:
                    yield label, error
