"""What a command line of ``experiments.run`` asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hydra._internal.utils import get_args
from omegaconf import OmegaConf

from experiments.sweeps.configuration import CONF
from experiments.sweeps.overrides import BASIC, LAUNCHER, check, last_of, parsed
from experiments.sweeps.plan import Plan, plan_of
from hwbench_mo import InputError


@dataclass(frozen=True)
class Request:
    """A command line, parsed and checked once."""

    wants_help: bool
    launcher: str
    """Where jobs run: the name of a configuration, or ``basic``, which is this process."""
    plan: Plan | None
    """The runs of a sweep; None of a single run."""

    @classmethod
    def parse(cls, arguments: Sequence[str]) -> "Request":
        """The request of a command line, without the name of the program.

        Raises
        ------
        InputError
            If an override is malformed or names what does not exist, or a launcher is named without ``-m``.
        """
        options = get_args(arguments)  # Hydra's own parser: it alone knows which of its options take a value
        if options.help:
            return cls(True, BASIC, None)
        overrides = parsed(options.overrides)
        check(overrides)
        launcher = last_of(overrides, LAUNCHER, BASIC)
        if launcher != BASIC and not options.multirun:
            raise InputError(f"{LAUNCHER}={launcher} is for sweeps, but this is a single job; add -m")
        own = [
            override
            for override in overrides
            if override.key_or_group != "out" and not override.key_or_group.startswith("hydra")
        ]
        if not options.multirun and all(override.key_or_group != "seeds" for override in own):
            return cls(False, launcher, None)
        plan = plan_of(own, Path(last_of(overrides, "out", OmegaConf.load(CONF / "config.yaml").out)))
        if not options.multirun and all(run.path is None for run in plan.runs):
            return cls(False, launcher, None)  # a single job that is a mistake leaves nothing behind
        return cls(False, launcher, plan)
