"""The overrides of a command line: parsed, checked, and a sweep of them expanded into overrides of one value each."""

from collections.abc import Sequence

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override
from hydra.errors import HydraException
from omegaconf import DictConfig, ListConfig, OmegaConf

from experiments.sweeps.catalogue import CONF, choices, loaded, register
from experiments.sweeps.configuration import GROUPS, in_one_line
from hwbench_mo import InputError
from hwbench_mo.errors import unknown

LAUNCHER = "hydra/launcher"
BASIC = "basic"
"""Hydra's own launcher: one job after the other, in this process."""


def parsed(words: Sequence[str]) -> list[Override]:
    """Each of them, by Hydra's grammar.

    Raises
    ------
    InputError
        If one is none.
    """
    try:
        return OverridesParser.create().parse_overrides(list(words))
    except HydraException as error:
        raise InputError(in_one_line(error)) from None


def last_of(overrides: Sequence[Override], key: str, otherwise: str) -> str:
    """The value that a key has in the end, as text."""
    return next((_text(override) for override in reversed(overrides) if override.key_or_group == key), otherwise)


def check(overrides: Sequence[Override], *, is_sweep: bool) -> None:
    """Refuse names of configurations and settings that do not exist, with the valid ones, nearest first.

    Hydra would refuse them too, but in its own words, without the nearest, and after a sweep has begun.

    Raises
    ------
    InputError
        If there is no such name, both ``seed`` and ``seeds`` are given, several values are given without a sweep, or a
        setting is one of some chosen configurations alone.
    """
    if {"seed", "seeds"} <= {override.key_or_group for override in overrides}:
        raise InputError("seed and seeds are both given, but a job has either")
    for override in overrides:
        _check_values(override, is_sweep)
    launcher = last_of(overrides, LAUNCHER, BASIC)
    if launcher not in (BASIC, *choices(LAUNCHER)):
        raise unknown("launcher", launcher, [BASIC, *choices(LAUNCHER)])
    base = OmegaConf.load(CONF / "config.yaml")
    general = [str(key) for key in base if key not in ("defaults", "hydra")]
    chosen = _chosen(base, overrides)
    register(chosen["optimizer"])
    settings = {group: {name: _settings_of(group, name) for name in names} for group, names in chosen.items()}
    valid = dict.fromkeys([*general, *GROUPS, *(key for by in settings.values() for own in by.values() for key in own)])
    for override in overrides:
        key = override.key_or_group
        if override.is_add() or override.is_delete() or override.is_force_add() or key.startswith("hydra"):
            continue
        if key not in valid:
            raise unknown("setting", key, valid)
        group = key.partition(".")[0]
        lacking = [name for name, own in settings.get(group, {}).items() if "." in key and key not in own]
        if lacking:
            those = ", ".join(lacking)
            raise InputError(f"{key} is no setting of {those}; sweep over those that have it in a command of their own")


def _check_values(override: Override, is_sweep: bool) -> None:
    line, key = str(override.input_line), override.key_or_group
    if key == "hydra.mode":
        raise InputError(f"{line}: a sweep is asked for by -m")
    if override.is_delete() and key in GROUPS:
        raise InputError(f"{line}: a run needs a configuration of {key}")
    if override.is_sweep_override() and key == "out":
        raise InputError(f"{line} names several folders, but the runs of a sweep go to one")
    if override.is_sweep_override() and not is_sweep:
        raise InputError(f"{line} names several values; add -m for a sweep over them")
    if key == "out" and (override.is_delete() or not override.value()):
        raise InputError(f"{line} names no folder")


def _chosen(base: DictConfig | ListConfig, overrides: Sequence[Override]) -> dict[str, list[str]]:
    """The names of the configurations that are used, by their group."""
    chosen = {
        group: [str(entry[group])]
        for entry in base.defaults
        for group in GROUPS
        if isinstance(entry, DictConfig) and group in entry
    }
    for override in overrides:
        group = override.key_or_group
        if group in GROUPS:
            chosen[group] = values_of(override) or [_text(override)]
            for name in chosen[group]:
                if name not in choices(group):
                    raise InputError(f"{unknown(group, name, choices(group))}; --help says what they are")
    return chosen


def _settings_of(group: str, name: str) -> list[str]:
    """What can be set of a configuration: ``optimizer.pop_size`` and so on."""
    return [f"{group}.{key}" for key in map(str, loaded(group, name)) if not key.startswith("_")]


def values_of(override: Override) -> list[str]:
    """The values that an override sweeps over, as text; none if it has one value."""
    value = override.value()
    if isinstance(value, Glob):
        if not (matching := value.filter(choices(override.key_or_group))):
            raise unknown(override.key_or_group, ",".join(value.include), choices(override.key_or_group))
        return matching
    try:
        return list(map(str, override.sweep_string_iterator())) if override.is_sweep_override() else []
    except (HydraException, ValueError) as error:
        raise InputError(f"{override.input_line}: {in_one_line(error)}") from None


def expanded(overrides: Sequence[Override]) -> tuple[list[list[str]], list[str]]:
    """The values of each override, as overrides of one value; and those of ``seed``, which are not among them."""
    alternatives: list[list[str]] = []
    seeds: list[str] = []
    for override in overrides:
        values = values_of(override)
        if override.key_or_group == "seed":
            seeds = values or [_text(override)]
        elif values:
            alternatives.append([f"{override.get_key_element()}={value}" for value in values])
        else:
            alternatives.append([str(override.input_line)])
    return alternatives, seeds


def _text(override: Override) -> str:
    return str(override.value())
