"""What a command line of ``experiments.run`` asks for."""

from argparse import Namespace
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from hydra._internal.utils import get_args
from omegaconf import OmegaConf

from experiments.sweeps.catalogue import CONF, begin, with_class
from experiments.sweeps.overrides import BASIC, LAUNCHER, check, last_of, parsed
from experiments.sweeps.plan import Plan, plan_of
from hwbench_mo import InputError

MODES = ("run", "multirun", "cfg", "info", "shell_completion")
"""Options of Hydra, of which a command line may have one."""
DEVICES, METRICS = "problem.devices", "problem.metrics"
"""Settings whose names the help lists."""
ELSEWHERE = ("config_path", "config_name", "experimental_rerun")


@dataclass(frozen=True)
class Request:
    """A command line, parsed and checked once."""

    wants_help: bool = False
    wants_completion: bool = False
    """Whether bash is to learn to complete this command."""
    space: str = "gpt_s"
    devices: Any = None
    """``problem.space`` and ``problem.devices``, whose devices the help lists."""
    metrics: Any = None
    """``problem.metrics``, whose names the help lists."""
    launcher: str = BASIC
    """Where jobs run: the name of a configuration, or ``basic``, which is this process."""
    plan: Plan | None = None
    """The runs that are asked for; None where something is only shown, as by ``--cfg job``."""
    is_sweep: bool = False
    """Whether the plan is kept, and failures are listed in the end."""
    words: Sequence[str] = ()
    """The command line as Hydra is to read it: an optimizer that was given by its class is given by its name."""

    @classmethod
    def parse(cls, arguments: Sequence[str]) -> "Request":
        """The request of a command line, without the name of the program.

        Raises
        ------
        InputError
            If an override is malformed or names what does not exist, options contradict each other, or a launcher is
            named without ``-m``.
        """
        begin(_options(arguments).config_dir)
        words = with_class(arguments)
        options = _options(words)
        if options.help:
            try:
                given = parsed(options.overrides)
            except InputError:  # who asks for help may not know how to write them
                return cls(wants_help=True)
            named = {one.key_or_group: one.value() for one in given if one.key_or_group in (DEVICES, METRICS)}
            space = last_of(given, "problem.space", "gpt_s")
            return cls(True, space=space, devices=named.get(DEVICES), metrics=named.get(METRICS))
        _check_options(options)
        if options.shell_completion:  # install=bash, uninstall=bash or query=bash, which are no overrides
            return cls(words=tuple(words), wants_completion=options.overrides == ["install=bash"])
        overrides = parsed(options.overrides)
        check(overrides, is_sweep=options.multirun)
        launcher = last_of(overrides, LAUNCHER, BASIC)
        if launcher != BASIC and not options.multirun:
            raise InputError(f"{LAUNCHER}={launcher} is for sweeps, but this is a single job; add -m")
        if options.hydra_help or options.cfg or options.info:
            return cls(words=tuple(words))
        own = [
            override
            for override in overrides
            if override.key_or_group != "out" and not override.key_or_group.startswith("hydra")
        ]
        plan = plan_of(own, Path(last_of(overrides, "out", OmegaConf.load(CONF / "config.yaml").out)))
        has_many = any(override.key_or_group == "seeds" for override in own)
        can_be = any(run.path for run in plan.runs)  # a single job that is a mistake leaves nothing behind
        return cls(launcher=launcher, plan=plan, is_sweep=options.multirun or (has_many and can_be), words=tuple(words))


def _options(arguments: Sequence[str]) -> Namespace:
    """By Hydra's own parser: it alone knows which of its options take a value."""
    with redirect_stderr(StringIO()) as told:
        try:
            options: Namespace = get_args(arguments)
        except SystemExit as ended:
            if not ended.code:  # it has told its version
                raise
            reason = told.getvalue().rpartition("error: ")[2].strip()
            order = "; options come before all overrides, or after them" if "unrecognized" in reason else ""
            raise InputError(reason + order) from None
    return options


def _check_options(options: Namespace) -> None:
    for name in ELSEWHERE:
        if getattr(options, name) is not None:
            shown = name.replace("_", "-")
            raise InputError(f"--{shown} is not supported: configurations are in {CONF}, and runs are found by them")
    modes = [f"--{name.replace('_', '-')}" for name in MODES if getattr(options, name) not in (None, False)]
    if len(modes) > 1:
        raise InputError(f"{' and '.join(modes)} are both given, but exclude each other")
    if options.resolve and not options.cfg:
        raise InputError("--resolve goes with --cfg, which is missing")
