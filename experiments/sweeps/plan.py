"""What a sweep is to make: kept as its overrides beside the runs, and expanded again whenever someone asks."""

import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.core.override_parser.types import Override
from omegaconf import OmegaConf

from experiments.sweeps.configuration import CONF, paths_of, seeds_of
from experiments.sweeps.overrides import expanded, parsed
from hwbench_mo import InputError
from hwbench_mo.files import write_whole

FOLDER = ".plans"


@dataclass(frozen=True)
class Planned:
    """One run of a sweep."""

    label: str
    """The overrides that make it."""
    path: Path | None
    """Where its result is to go; None if it cannot be made."""
    why: str = ""
    """Why it cannot."""


@dataclass(frozen=True)
class Sweep:
    """Several runs, as a command line asks for them."""

    overrides: Sequence[Override]
    """Those that decide results: without ``out=…``, and without Hydra's own."""
    out: Path

    def runs(self) -> Iterator[Planned]:
        """Each of them. Those that differ in the seed alone are composed once: Hydra takes 40 ms each time."""
        alternatives, seeds = expanded(self.overrides)
        with initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
            for words in itertools.product(*alternatives):
                yield from _of_one_combination(words, seeds, self.out)

    @property
    def n_runs(self) -> int:
        """How many there are, without composing any; those that cannot be made count as one."""
        alternatives, seeds = expanded(self.overrides)
        product = max(len(seeds), 1)
        for words in alternatives:
            key, _, _ = words[0].partition("=")
            product *= sum(map(_n_seeds, words)) if key == "seeds" and not seeds else len(words)
        return product

    def note(self) -> None:
        """Keep the overrides in the folder; the same ones make the same file.

        Raises
        ------
        InputError
            If that cannot be written: a sweep that cannot write does not begin.
        """
        content = json.dumps({"overrides": [str(override.input_line) for override in self.overrides]}, indent=1)
        path = self.out / FOLDER / f"{hashlib.sha256(content.encode()).hexdigest()[:12]}.json"
        try:
            write_whole(path, content)
        except OSError as error:
            raise InputError(f"{self.out}: cannot be written: {error.strerror or error}") from None


def planned(out: Path) -> Iterator[Planned]:
    """Every run of every plan of a folder."""
    for path in sorted((out / FOLDER).glob("*.json")):
        try:
            overrides = json.loads(path.read_text())["overrides"]
        except (ValueError, KeyError, OSError):
            raise InputError(f"{path}: truncated, or not a plan; delete it, and start its sweep again") from None
        yield from Sweep(parsed(overrides), out).runs()


def _of_one_combination(words: Sequence[str], seeds: Sequence[str], out: Path) -> Iterator[Planned]:
    cfg = compose("config", overrides=[*words, f"out={out}"], return_hydra_config=True)
    name = cfg.hydra.runtime.choices["optimizer"]
    own = OmegaConf.masked_copy(cfg, [str(key) for key in cfg if key != "hydra"])
    try:
        of_job = [int(seed) if seed.isdecimal() else seed for seed in seeds] or seeds_of(own)
    except InputError as error:
        yield Planned(" ".join(words), None, str(error))
        return
    for seed, found in paths_of(own, optimizer_name=name, seeds=of_job):
        label = " ".join([*words, f"seed={seed}"])
        yield Planned(label, None, str(found)) if isinstance(found, InputError) else Planned(label, found)


def _n_seeds(word: str) -> int:
    try:
        return len(seeds_of(OmegaConf.create({"seed": 0, "seeds": OmegaConf.from_dotlist([word]).seeds})))
    except InputError:
        return 1
