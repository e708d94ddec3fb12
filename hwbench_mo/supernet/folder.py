"""The folder of a supernet: ``supernet.json`` says what it is, ``supernet.safetensors`` holds the weights."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from hwbench_mo.errors import InputError
from hwbench_mo.files import write_whole
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.files import space_of
from hwbench_mo.supernet import checkpoint
from hwbench_mo.supernet.corpus import Corpus, is_corpus
from hwbench_mo.supernet.elastic import Supernet, largest
from hwbench_mo.supernet.settings import Settings
from hwbench_mo.version import __version__

FACTS, WEIGHTS, TOKENS, LOCK = "supernet.json", "supernet.safetensors", "tokens", ".lock"
FORMAT = 1


@dataclass(frozen=True, eq=False)
class Trained:
    """A supernet that is read, and how it was trained."""

    supernet: Supernet
    facts: dict[str, Any]
    sha256: str
    """Of the weights' file."""

    @property
    def sequence(self) -> int:
        """Tokens a sequence, as it was trained."""
        return int(self.facts["settings"]["sequence"])


@contextmanager
def locked(folder: Path, what: str) -> Iterator[None]:
    """The folder, for this process alone. If the block fails before it has written anything, a new folder goes away.

    Raises
    ------
    InputError
        If another process has it.
    """
    from filelock import FileLock, Timeout

    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0.2)
    except Timeout:
        raise InputError(f"{folder} is being {what} by another process; wait for it, or name another folder") from None
    try:
        yield
    except BaseException:
        if is_new and {one.name for one in folder.iterdir()} <= {LOCK}:
            shutil.rmtree(folder)  # the lock is held: nobody else writes here
        raise
    finally:
        lock.release()


def describe(folder: Path, settings: Settings, corpus: Corpus, start: str | None) -> None:
    """Write what the folder is to hold, or check that it is what it holds already.

    Raises
    ------
    InputError
        If the folder is another training's: what differs is named.
    """
    said = {"settings": settings.identity, "text": corpus.identity, "start": start}
    tokens = str(corpus.folder.resolve())
    facts = {"tokens": tokens, "format": FORMAT, "hwbench_mo": __version__, "torch": str(torch.__version__), **said}
    path = folder / FACTS
    if not path.exists():
        write_whole(path, json.dumps(facts, indent=1) + "\n")
        return
    found = _read_facts(path)
    for part in ("settings", "text"):
        for name, value in json.loads(json.dumps(said[part])).items():
            if found[part].get(name) != value:
                raise InputError(
                    f"{folder} holds a training with {name} {_short(found[part].get(name))}, not {_short(value)}: "
                    f"go on with the former, or name another folder"
                )
    if found.get("start") != start:
        raise InputError(f"{folder} holds a training that started from {found.get('start')}, not from {start}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _read_facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts["format"] != FORMAT or not isinstance(facts["text"], dict):
            raise ValueError(f"format is not {FORMAT}")
        int(facts["settings"]["sequence"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{path} is not of a supernet: {str(error)[:100]}") from None
    return dict(facts)


def corpus_of(folder: Path) -> Path:
    """The folder of the tokens that a supernet was trained on: its own, or the one that was named.

    Raises
    ------
    InputError
        If it is gone.
    """
    named = Path(str(_read_facts(folder / FACTS).get("tokens", "")))
    for place in (folder / TOKENS, named):
        if is_corpus(place):
            return place
    raise InputError(f"{named} is missing: the tokens that {folder} was trained on, with their tokenizer")


def space_in(folder: Path) -> SearchSpace:
    """The space of the supernet in a folder."""
    return space_of(settings_in(folder)["space"], folder / FACTS)


def settings_in(folder: Path) -> dict[str, Any]:
    """The settings that the supernet in a folder was trained with."""
    return dict(_read_facts(folder / FACTS)["settings"])


def write_weights(folder: Path, supernet: Supernet, step: int) -> Path:
    """Write the weights of a trained supernet."""
    path = folder / WEIGHTS
    checkpoint.write_tensors(path, dict(supernet.whole.named_parameters()), {"step": step})
    return path


def read_supernet(folder: Path, *, device: "str | torch.device" = "cpu") -> Trained:
    """The supernet of a folder: its final weights, or those of the newest checkpoint while it is being trained.

    Raises
    ------
    InputError
        If the folder holds none, or the weights are of another network.
    """
    from hashlib import file_digest

    facts = _read_facts(folder / FACTS)
    path = folder / WEIGHTS if (folder / WEIGHTS).exists() else checkpoint.newest(folder)
    if path is None:
        raise InputError(f"{folder} has no weights yet: train it first")
    tensors, said = checkpoint.read_tensors(path)
    supernet = Supernet(space_of(facts["settings"]["space"], folder / FACTS), device=device)
    for name, weight in supernet.whole.named_parameters():
        found = tensors.get(name, tensors.get(f"weight/{name}"))
        if found is None or found.shape != weight.shape:
            shape = "missing" if found is None else tuple(found.shape)
            raise InputError(f"{path}: {name} is {shape}, but must be {tuple(weight.shape)}")
        with torch.no_grad():
            weight.copy_(found)
    supernet.select(largest(supernet.space))
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return Trained(supernet, {**facts, "step": int(said["step"])}, digest)
