"""Which configurations there are: those in ``conf``, and those of users.

Users add configurations in three ways: a folder (``--config-dir my_conf``, with ``my_conf/optimizer/mine.yaml``), an
entry point of an installed package in the group ``hwbench_mo.optimizers``, or a class that the command line names
(``optimizer._target_=my_package.Mine optimizer.name=mine``).
"""

import inspect
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING, DictConfig, OmegaConf

from hwbench_mo import InputError
from hwbench_mo.errors import unknown
from hwbench_mo.importing import object_named

CONF = Path(__file__).resolve().parents[2] / "conf"
ENTRY_POINTS = "hwbench_mo.optimizers"
"""The group of entry points by which an installed package offers optimizers: ``mine = my_package:Mine``."""
TARGET, NAME = "optimizer._target_", "optimizer.name"

folders: list[Path] = []
"""Folders of configurations that the command line added; in this process, and until the next command line."""
classes: dict[str, str] = {}
"""Dotted names of the classes that the command line named, by the name of the optimizer."""


def shipped(group: str) -> list[str]:
    """Names of our own configurations of a group, such as ``optimizer`` or ``hydra/launcher``."""
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def choices(group: str) -> list[str]:
    """Names of all configurations of a group: ours first, then those of users."""
    theirs = {path.stem for folder in folders for path in (folder / group).glob("*.yaml")}
    if group == "optimizer":
        theirs |= {*classes, *installed()}
    return [*(ours := shipped(group)), *sorted(theirs.difference(ours))]


def installed() -> dict[str, EntryPoint]:
    """Optimizers that installed packages offer, by name. Nothing is imported."""
    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}


def loaded(group: str, name: str) -> DictConfig:
    """The configuration of that name, before overrides.

    Raises
    ------
    InputError
        If its file is no YAML, or no settings, or the class that it is of cannot be imported.
    """
    for path in (folder / group / f"{name}.yaml" for folder in (CONF, *folders)):
        if path.exists():
            return _read(path)
    if group == "optimizer" and name in classes:
        return configuration_of(classes[name], f"{TARGET}={classes[name]}")
    if group == "optimizer" and name in installed():
        point = installed()[name]
        return configuration_of(point.value.replace(":", "."), f"optimizer={name}")
    return _read(CONF / group / f"{name}.yaml")


def _read(path: Path) -> DictConfig:
    try:
        found = OmegaConf.load(path)
    except Exception as error:  # of OmegaConf, or of the parser under it
        raise InputError(f"{path}: {' '.join(str(error).split())}") from None
    if not isinstance(found, DictConfig):
        raise InputError(f"{path}: is no mapping of settings to values")
    return found


def configuration_of(target: str, place: str) -> DictConfig:
    """The configuration of a class: its settings are the arguments besides the problem and the seed.

    Parameters
    ----------
    target
        The dotted name of a class, or of a function that returns an optimizer.
    place
        Where it is named, for errors.

    Raises
    ------
    InputError
        If it cannot be imported, or cannot be called.

    Examples
    --------
    >>> configuration_of("optimizers.NSGA2", "here")
    {'_target_': 'optimizers.NSGA2', '_partial_': True, 'pop_size': 100}
    """
    made = object_named(target, place=place)
    if not callable(made):
        raise InputError(f"{place} is {made!r}, but must be a class that is called as (problem, seed=…)")
    settings: dict[str, Any] = {"_target_": target, "_partial_": True}
    for parameter in [*inspect.signature(made).parameters.values()][1:]:
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL) or parameter.name == "seed":
            continue
        value = MISSING if parameter.default is parameter.empty else parameter.default
        if isinstance(value, tuple):
            value = list(value)
        if isinstance(value, None | bool | int | float | str | list):  # others keep the default of the class
            settings[parameter.name] = value
    return OmegaConf.create(settings)


def begin(config_dir: str | None) -> None:
    """Forget what an earlier command line of this process added, and add the folder of this one.

    Raises
    ------
    InputError
        If there is no such folder, or one of its configurations has the name of one that ships.
    """
    folders.clear()
    classes.clear()
    if config_dir is None:
        return
    folder = Path(config_dir).resolve()
    if not folder.is_dir():
        raise InputError(f"--config-dir {config_dir}: there is no such folder")
    for path in sorted(folder.rglob("*.yaml")):
        if (CONF / path.relative_to(folder)).exists():
            raise InputError(f"{path}: {path.stem} is the name of a configuration that ships; take another")
    folders.append(folder)


def register(names: Sequence[str]) -> None:
    """Tell Hydra the optimizers of these names that no file describes."""
    for name in names:
        if name in classes or (name in installed() and name not in shipped("optimizer")):
            ConfigStore.instance().store(group="optimizer", name=name, node=loaded("optimizer", name))


def with_class(words: Sequence[str]) -> list[str]:
    """A command line in which ``optimizer._target_=my_package.Mine optimizer.name=mine`` is ``optimizer=mine``.

    Raises
    ------
    InputError
        If one of the two is missing, or the name is that of an optimizer that ships.
    """
    given: dict[str, str] = {}
    rest: list[str] = []
    at = 0
    for word in words:
        key, equals, value = word.partition("=")
        if equals and key in (TARGET, NAME):
            given[key] = value
            at = len(rest)
        else:
            rest.append(word)
    if not given:
        return rest
    for key, other, example in ((TARGET, NAME, "mine"), (NAME, TARGET, "my_package.Mine")):
        if other not in given:
            raise InputError(f"{key}={given[key]} needs another setting: add {other}={example}")
    name = given[NAME]
    if not name.isidentifier():
        raise InputError(f"{NAME}={name}: a name is of letters, digits and underscores")
    if name in shipped("optimizer"):
        raise InputError(f"{NAME}={name} is the name of an optimizer that ships; take another")
    classes[name] = given[TARGET]
    chosen = [word.partition("=")[2] for word in rest if word.startswith("optimizer=")]
    if not chosen:
        return [*rest[:at], f"optimizer={name}", *rest[at:]]  # options of a command line come before or after
    if name not in chosen[-1].split(","):
        raise unknown("optimizer with a class of your own", chosen[-1], [name])
    return rest
