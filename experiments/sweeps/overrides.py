"""The overrides of a command line: parsed, checked, and a sweep of them expanded into overrides of one value each."""

from collections.abc import Mapping, Sequence

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf

from experiments.sweeps.configuration import CONF, choices, in_one_line
from hwbench_mo import InputError
from hwbench_mo.errors import unknown

GROUPS = ("optimizer", "problem", "cost")
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


def check(overrides: Sequence[Override]) -> None:
    """Refuse names of configurations and settings that do not exist, with the valid ones, nearest first.

    Hydra would refuse them too, but in its own words, without the nearest, and after a sweep has begun.

    Raises
    ------
    InputError
        If there is no such name, or both ``seed`` and ``seeds`` are given.
    """
    if {"seed", "seeds"} <= {override.key_or_group for override in overrides}:
        raise InputError("seed and seeds are both given, but a job has either")
    launcher = last_of(overrides, LAUNCHER, BASIC)
    if launcher not in (BASIC, *choices(LAUNCHER)):
        raise unknown("launcher", launcher, [BASIC, *choices(LAUNCHER)])
    base = OmegaConf.load(CONF / "config.yaml")
    chosen: dict[str, list[str]] = {}
    for entry in base.defaults:
        if isinstance(entry, DictConfig):
            chosen |= {str(group): [name] for group, name in entry.items()}
    for override in overrides:
        group = override.key_or_group
        if group in GROUPS:
            chosen[group] = values_of(override) or [_text(override)]
            for name in chosen[group]:
                if name not in choices(group):
                    raise InputError(f"{unknown(group, name, choices(group))}; --help says what they are")
    settings = [str(key) for key in base if key not in ("defaults", "hydra")] + _settings_of_groups(chosen)
    for override in overrides:
        key = override.key_or_group
        is_plain = not (override.is_add() or override.is_delete() or override.is_force_add())
        if is_plain and key not in (*GROUPS, *settings) and not key.startswith("hydra"):
            raise unknown("setting", key, settings)


def _settings_of_groups(chosen: Mapping[str, Sequence[str]]) -> list[str]:
    """What can be set of the chosen configurations: ``optimizer.pop_size`` and so on."""
    found = []
    for group in GROUPS:
        keys = {str(key): None for name in chosen[group] for key in OmegaConf.load(CONF / group / f"{name}.yaml")}
        found += [f"{group}.{key}" for key in keys if not key.startswith("_")]
    return found


def values_of(override: Override) -> list[str]:
    """The values that an override sweeps over, as text; none if it has one value."""
    return list(map(str, override.sweep_string_iterator())) if override.is_sweep_override() else []


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
