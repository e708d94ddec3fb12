"""Optimizers that stand in for real ones in tests of sweeps, by ``++optimizer._target_=tests.support.doubles.…``."""

import json
import os
import time
from pathlib import Path
from typing import Any

from hwbench_mo import Problem
from hwbench_mo.typing import Codes
from optimizers import RandomSearch


class Witness(RandomSearch):
    """Writes what it sees of its process to the folder ``WITNESS``."""

    def __init__(self, problem: Problem, *, seed: int, multiple: int = 1) -> None:
        super().__init__(problem, seed=seed, multiple=multiple)
        self._seed = seed

    def ask(self, n: int, /) -> Codes:
        from threadpoolctl import threadpool_info

        seen: dict[str, Any] = {"pid": os.getpid(), "blas": [pool["num_threads"] for pool in threadpool_info()]}
        try:
            import torch
        except ImportError:
            pass
        else:
            seen["torch"] = torch.get_num_threads()
        Path(os.environ["WITNESS"], f"{self._seed}.json").write_text(json.dumps(seen))
        return super().ask(n)


class Stalling(RandomSearch):
    """Of seed 3 never ends, once it has written its process to ``STALLING``; where that file is, it goes on."""

    def __init__(self, problem: Problem, *, seed: int, multiple: int = 1) -> None:
        super().__init__(problem, seed=seed, multiple=multiple)
        self._stalls = seed == 3

    def ask(self, n: int, /) -> Codes:
        told = Path(os.environ["STALLING"])
        if self._stalls and not told.exists():
            told.with_suffix(".part").write_text(str(os.getpid()))
            told.with_suffix(".part").replace(told)
            time.sleep(600)
        return super().ask(n)


class Failing(RandomSearch):
    """Cannot be made."""

    def __init__(self, problem: Problem, *, seed: int, multiple: int = 1) -> None:
        raise ZeroDivisionError("an optimizer's own mistake")
