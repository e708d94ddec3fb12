"""What was run: where, with which versions and settings, and the commands that do it again."""

import platform
import re
import shlex
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from omegaconf import OmegaConf

from experiments.reports.text import printable
from experiments.sweeps.catalogue import CONF, choices, loaded
from hwbench_mo import InputError, Trajectory, __version__
from hwbench_mo.assessment.comparison import Comparison, Group

LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "moocore", "plotly")
"""That make the report."""
PLAIN_KEY = re.compile(r"[A-Za-z][\w@]*", re.ASCII)
"""A setting, or a target such as ``latency@a100``."""
GROUPS = ("problem", "cost", "optimizer")


class Origins:
    """Notes which versions made the runs that it is shown, and the metrics of one's own that the user named."""

    def __init__(self, metrics: Sequence[str] = ()) -> None:
        self.versions: dict[str, int] = {}
        self.metrics = metrics
        """By module and name, as typed: names in files may be of code that nobody wants to import."""

    def look(self, run: Trajectory) -> None:
        """Count the run for its version."""
        made_by = str(run.provenance.get("hwbench_mo", "unknown"))
        self.versions[made_by] = self.versions.get(made_by, 0) + 1


def facts_of(comparisons: Sequence[Comparison], origins: Origins) -> list[tuple[str, str]]:
    """What there is to know of the runs and of this report, by name."""
    made = ", ".join(f"{name} ({n:,} files)" for name, n in sorted(origins.versions.items()))
    seen = []
    for name in LIBRARIES:
        try:
            seen.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    found = [
        ("Runs made by hwbench_mo", made),
        ("Report made by", f"hwbench_mo {__version__}, Python {platform.python_version()}, {', '.join(seen)}"),
    ]
    for space, sha256 in dict.fromkeys(_tables(one) for one in comparisons):
        found.append((f"Tables of {space}", f"sha256 {sha256}" if sha256 else "no file: a black box of its own"))
    return found


def _tables(comparison: Comparison) -> tuple[str, str]:
    benchmark = comparison.problem.benchmark
    return comparison.problem.space.name, str(benchmark.manifest.get("sha256") or "")


def commands_of(comparisons: Sequence[Comparison], origins: Origins) -> list[str]:
    """Commands that make the runs again, and lines that say what no command here can.

    Optimizers of the same settings on the same problems share one.
    """
    known = Configurations()
    problems_of: dict[tuple[str, ...], list[str]] = {}
    refused: dict[str, list[str]] = {}
    for comparison in comparisons:
        for group in comparison.groups:
            try:
                problem, *rest = overrides_of(group, known, origins.metrics)
            except InputError as error:
                refused.setdefault(printable(str(error)), []).append(printable(group.label))
                continue
            problems_of.setdefault(tuple(rest), []).append(problem)
    optimizers_of: dict[tuple[str, ...], list[str]] = {}
    for (optimizer, *rest), own in problems_of.items():
        optimizers_of.setdefault((_together("problem", own), *rest), []).append(optimizer)
    commands = []
    for (problem, *rest), own in optimizers_of.items():
        words = [_together("optimizer", own), problem, *rest]
        commands.append(" ".join(["python -m experiments.run --multirun", *map(shlex.quote, words), "out=OUT"]))
    return [*commands, *(f"# {', '.join(dict.fromkeys(labels))}: {why}" for why, labels in refused.items())]


def _together(group: str, own: Sequence[str]) -> str:
    return f"{group}={','.join(dict.fromkeys(own))}"


class Configurations:
    """Those that there are here, each read once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], dict[str, Any]] = {}
        self.general: dict[str, Any] = OmegaConf.to_container(OmegaConf.load(CONF / "config.yaml"))  # type: ignore[assignment]

    def plain(self, group: str, name: str) -> dict[str, Any]:
        """What the file of a configuration says."""
        if (group, name) not in self._found:
            self._found[group, name] = OmegaConf.to_container(loaded(group, name))  # type: ignore[assignment]
        return self._found[group, name]

    def nearest(self, group: str, config: Mapping[str, Any]) -> str:
        """The configuration of a group that has the most in common with what was resolved."""
        settings = config.get(group)
        if not isinstance(settings, Mapping):
            raise InputError("not made by experiments.run, which alone says how to repeat a run")
        if group == "optimizer":
            name = settings.get("name")
            if name not in choices(group):
                raise InputError(f"there is no conf/optimizer/{name}.yaml here")
            return str(name)
        return min(choices(group), key=lambda name: len(_differing(settings, self.plain(group, name), "", config)))


def overrides_of(group: Group, known: Configurations, metrics: Sequence[str] = ()) -> list[str]:
    """The names of the problem's and the optimizer's configurations, then every setting that differs from them.

    Raises
    ------
    InputError
        If no configuration here has such an optimizer, or another class made the runs.
    """
    config = _with_metrics(group.config, metrics)
    names = {name: known.nearest(name, config) for name in GROUPS}
    own: dict[str, Any] = {}
    for name in GROUPS:
        own |= _differing(config.get(name), known.plain(name, names[name]), f"{name}.", config)
    for key, value in known.general.items():
        if key not in ("defaults", "hydra", "out", "seed", "seeds") and config.get(key, value) != value:
            own[key] = config[key]
    found = [names["problem"], names["optimizer"], *(f"{key}={_value(value)}" for key, value in own.items())]
    if names["cost"] != "measured":
        found.append(f"cost={names['cost']}")
    budget = config.get("budget")
    if isinstance(budget, int) and "budget" not in own:
        found.append(f"budget={budget}")
    seeds = sorted({run.seed for run in group.runs if run.seed is not None})
    return [*found, f"seeds={len(seeds) if seeds == list(range(len(seeds))) else _value(seeds)}"]


def _with_metrics(config: Mapping[str, Any], metrics: Sequence[str]) -> Mapping[str, Any]:
    """The configuration, with the names of metrics that the user typed instead of those in the file, if any."""
    problem = config.get("problem")
    if not isinstance(problem, Mapping) or "metrics" not in problem:
        return config
    others = {key: value for key, value in problem.items() if key != "metrics"}
    return {**config, "problem": {**others, **({"metrics": list(metrics)} if metrics else {})}}


def _differing(settings: Any, plain: Mapping[str, Any], prefix: str, config: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for key, value in settings.items():
        if key == "name" and prefix == "optimizer.":
            continue
        usual = plain.get(key)
        if isinstance(usual, str) and usual.startswith("${") and value == config.get(usual[2:-1]):
            continue
        if value != usual:
            if not PLAIN_KEY.fullmatch(str(key)):
                raise InputError(f"made with {prefix}{key}={value}, which is not what conf here has")
            found[f"{'' if key in plain else '+'}{prefix}{key}"] = value
    return found


def _value(value: Any) -> str:
    """A value in the grammar of Hydra's overrides."""
    if value is None:
        return "null"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{','.join(map(_value, value))}]"
    # What is read from a file is not to become a class or a variable that a reader's command looks up.
    if isinstance(value, Mapping):
        if names := [key for key in value if not PLAIN_KEY.fullmatch(str(key))]:
            raise InputError(f"made with settings that no command repeats: {names[0]}={value[names[0]]}")
        return "{" + ",".join(f"{key}:{_value(one)}" for key, one in value.items()) + "}"
    word = printable(str(value))
    if "${" in word:
        raise InputError(f"made with settings that no command repeats: {word}")
    if word and all(letter.isalnum() or letter in "_-./@" for letter in word):
        return word
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"
