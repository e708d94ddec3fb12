"""What a command line of ``experiments.run`` asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hydra._internal.utils import get_args
from omegaconf import OmegaConf

from experiments.sweeps.configuration import CONF
from experiments.sweeps.overrides import BASIC, LAUNCHER, check, last_of, parsed
from experiments.sweeps.plan import Sweep
from hwbench_mo import InputError


@dataclass(frozen=True)
class Request:
    """A command line, parsed and checked once."""

    wants_help: bool
    launcher: str
    """Where jobs run: the name of a configuration, or ``basic``, which is this process."""
    sweep: Sweep | None
    """The runs that are asked for, where they are several."""

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
        sweep = Sweep(own, Path(last_of(overrides, "out", OmegaConf.load(CONF / "config.yaml").out)))
        if options.multirun:
            return cls(False, launcher, sweep)
        if any(override.key_or_group == "seeds" for override in own) and next(sweep.runs()).path:
            return cls(False, launcher, sweep)  # a sweep in one job, but not of a mistake, which leaves nothing behind
        return cls(False, launcher, None)
