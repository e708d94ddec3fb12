"""What a sweep is to make: kept as its overrides beside the runs, and expanded again whenever someone asks."""

import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from experiments._config import CONF, paths_of, seeds_of
from experiments._store import write_whole
from hwbench_mo import InputError

FOLDER = ".plans"


def note(out: Path, overrides: Sequence[str]) -> Path:
    """Keep the overrides of a sweep; the same ones make the same file."""
    content = json.dumps({"overrides": list(overrides)}, indent=1)
    path = out / FOLDER / f"{hashlib.sha256(content.encode()).hexdigest()[:12]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)  # again, if it is there: a sweep that cannot write does not begin
    return path


@dataclass(frozen=True)
class Planned:
    """One run of a sweep."""

    label: str
    """The overrides that make it."""
    path: Path | None
    """Where its result is to go; None if it cannot be made."""
    why: str = ""
    """Why it cannot."""


def planned(out: Path) -> Iterator[Planned]:
    """Every run of every plan of a folder."""
    for path in sorted((out / FOLDER).glob("*.json")):
        try:
            overrides = json.loads(path.read_text())["overrides"]
        except (ValueError, KeyError, OSError):
            raise InputError(f"{path}: truncated, or not a plan; delete it, and start its sweep again") from None
        yield from expand(overrides, out)


def expand(overrides: Sequence[str], out: Path) -> Iterator[Planned]:
    """The runs of a sweep. Those that differ in the seed alone are composed once: Hydra takes 40 ms each time."""
    choices, seeds = _choices(overrides)
    with initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
        for words in itertools.product(*choices):
            cfg = compose("config", overrides=[*words, f"out={out}"], return_hydra_config=True)
            name = cfg.hydra.runtime.choices["optimizer"]
            own = OmegaConf.masked_copy(cfg, [str(key) for key in cfg if key != "hydra"])
            try:
                of_job = [int(seed) if seed.isdecimal() else seed for seed in seeds] or seeds_of(own)
            except InputError as error:
                yield Planned(" ".join(words), None, str(error))
                continue
            for seed, found in paths_of(own, optimizer_name=name, seeds=of_job):
                label = " ".join([*words, f"seed={seed}"])
                yield Planned(label, None, str(found)) if isinstance(found, InputError) else Planned(label, found)


def n_planned(overrides: Sequence[str]) -> int:
    """How many runs `expand` gives, without composing any; those that cannot be made count as one."""
    choices, seeds = _choices(overrides)
    product = max(len(seeds), 1)
    for words in choices:
        key, _, _ = words[0].partition("=")
        product *= sum(map(_n_seeds, words)) if key == "seeds" and not seeds else len(words)
    return product


def _n_seeds(word: str) -> int:
    try:
        return len(seeds_of(OmegaConf.create({"seed": 0, "seeds": OmegaConf.from_dotlist([word]).seeds})))
    except InputError:
        return 1


def _choices(overrides: Sequence[str]) -> tuple[list[list[str]], list[str]]:
    """The values of each override, as overrides of one value; and those of ``seed``, which are not among them."""
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
    return choices, seeds
